package dev.tidemark.storage.statistics;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
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
  private long folded;
  private long records;

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
        if (cursor.isRun()) {
          run(cursor);
        } else {
          commit(cursor);
        }
      }
    }
  }

  private void run(LogCursor cursor) {
    RunRecords found = cursor.records();
    for (RunRecord next = found.next(); next != null; next = found.next()) {
      records++;
      count(next.key());
    }
    for (OriginCoverage origin : cursor.coverage()) {
      folded += origin.after() - origin.before();
      if (cursor.position() > progress.applied()) {
        follow(
            origin.origin(),
            origin.after(),
            origin.lastStamp(),
            origin.chainAfter(),
            origin.summary());
      }
    }
  }

  private void commit(LogCursor cursor) {
    commits++;
    CommitCodec.keys(
        cursor.array(),
        cursor.offset(),
        cursor.length(),
        key -> {
          operations++;
          count(key);
        });
    if (cursor.position() > progress.applied()) {
      CommitHeader header =
          CommitCodec.decodeHeader(
              new ByteReader(cursor.array(), cursor.offset(), cursor.length()));
      follow(
          header.origin(),
          header.lastSequence(),
          header.lastStamp(),
          header.chain(),
          header.summary());
    }
  }

  private void count(Bytes key) {
    if (Namespace.isReserved(key)) {
      return;
    }
    hitters.add(key);
    keys.add(key.array());
  }

  /** What the state does not know yet of how far an origin is. */
  private void follow(long origin, long sequence, long stamp, long chain, VersionVector summary) {
    OriginRow before = rows.get(origin);
    VersionVector known = before == null ? VersionVector.EMPTY : before.known();
    rows.put(origin, new OriginRow(sequence, stamp, chain, known.join(summary)));
  }

  LogStatistics statistics() {
    long bytes = log.segments().stream().mapToLong(segment -> segment.bytes()).sum();
    List<HotKey> hottest =
        hitters.most(SHOWN_KEYS).stream()
            .map(hot -> new HotKey(hot.getKey(), hot.getValue().count(), hot.getValue().excess()))
            .toList();
    return new LogStatistics(
        log.segments(), bytes, commits, operations, folded, records, keys.estimate(), hottest);
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
