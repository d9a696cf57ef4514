package dev.tidemark.engine.simulation;

import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.stability.Row;

/** A row of the matrix with the chain hash of the origin's history up to there. */
record Progress(Row row, long chain) {
  static final Progress NOTHING = new Progress(Row.NONE, ChainHash.NONE);

  Progress and(CommitHeader header) {
    return new Progress(
        new Row(header.lastSequence(), header.lastStamp(), row.known().join(header.summary())),
        header.chain());
  }

  Progress and(Progress later) {
    boolean isLater = later.row.sequence() > row.sequence();
    Row newest = isLater ? later.row : row;
    return new Progress(
        new Row(newest.sequence(), newest.lastStamp(), row.known().join(later.row.known())),
        isLater ? later.chain : chain);
  }
}
