package dev.tidemark.engine.simulation;

import dev.tidemark.engine.stability.Row;

/** What a run covers of one origin: from where, with which chain, up to where it brings it. */
record Extent(long before, long chainBefore, Row row, long chain) {
  Extent and(Extent next) {
    Progress last = progress().and(next.progress());
    boolean isFirst = before <= next.before;
    return new Extent(
        isFirst ? before : next.before,
        isFirst ? chainBefore : next.chainBefore,
        last.row(),
        last.chain());
  }

  Progress progress() {
    return new Progress(row, chain);
  }
}
