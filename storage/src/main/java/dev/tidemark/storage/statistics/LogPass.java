package dev.tidemark.storage.statistics;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.statistics.LogStatistics.HotKey;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/** Reads a log once, from its first position to its last. */
final class LogPass {
  /**
   * Which keys are hottest is exact where there are no more than this, and good where there are.
   */
  private static final int TRACKED_KEYS = 4096;

  private static final int SHOWN_KEYS = 100;

  private final LogReader log;
  private final Progress progress;
  private final SortedMap<Long, OriginRow> rows = new TreeMap<>(Long::compareUnsigned);
  private final HeavyHitters<Bytes> hitters = new HeavyHitters<>(TRACKED_KEYS);
  private final DistinctCount keys = new DistinctCount();
  private long commits;
  private long operations;

  /** A pass that goes on from where the origins are in a state. */
  LogPass(LogReader log, Progress progress) {
    this.log = log;
    this.progress = progress;
    rows.putAll(progress.origins());
  }

  void run(LongConsumer listener) {
    try (LogCursor cursor = log.cursor(log.firstPosition())) {
      while (cursor.next()) {
        listener.accept(cursor.position());
        commits++;
        CommitCodec.outline(
            cursor.array(), cursor.offset(), cursor.length(), (key, prefix, bytes) -> count(key));
        if (cursor.position() > progress.applied()) {
          follow(cursor);
        }
      }
    }
  }

  private boolean count(Bytes key) {
    operations++;
    hitters.add(key);
    keys.add(key.array());
    return true;
  }

  /** What the state does not know yet of how far the origin is. */
  private void follow(LogCursor cursor) {
    CommitHeader header =
        CommitCodec.decodeHeader(new ByteReader(cursor.array(), cursor.offset(), cursor.length()));
    OriginRow before = rows.get(header.origin());
    VersionVector known = before == null ? VersionVector.EMPTY : before.known();
    rows.put(
        header.origin(),
        new OriginRow(
            header.lastSequence(),
            header.lastStamp(),
            header.chain(),
            known.join(header.summary())));
  }

  LogStatistics statistics() {
    long bytes = log.segments().stream().mapToLong(segment -> segment.bytes()).sum();
    List<HotKey> hottest =
        hitters.most(SHOWN_KEYS).stream()
            .map(hot -> new HotKey(hot.getKey(), hot.getValue().count(), hot.getValue().excess()))
            .toList();
    return new LogStatistics(log.segments(), bytes, commits, operations, keys.estimate(), hottest);
  }

  List<OriginStatistics> origins() {
    List<OriginStatistics> origins = new ArrayList<>();
    rows.forEach(
        (replica, row) -> {
          VersionVector known = row.known().with(replica, row.sequence());
          long behind = 0;
          for (var other : rows.entrySet()) {
            behind += Math.max(0, other.getValue().sequence() - known.get(other.getKey()));
          }
          origins.add(
              new OriginStatistics(replica, row.sequence(), row.lastStamp(), known, behind));
        });
    return origins;
  }
}
