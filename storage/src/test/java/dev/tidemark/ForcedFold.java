package dev.tidemark;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** Folds and cuts the log of an open store by hand, where and when a test wants it. */
final class ForcedFold {
  private ForcedFold() {}

  /** Folds some sealed segments that follow each other into one; false if there are not two. */
  static boolean fold(Tidemark store, Random random) {
    store.roll();
    List<SegmentInfo> sealed = foldable(store);
    if (sealed.size() < 2) {
      return false;
    }
    int from = random.nextInt(sealed.size() - 1);
    int to = from + 2 + random.nextInt(sealed.size() - from - 1);
    fold(store.log(), sealed.subList(from, to));
    return true;
  }

  /** Folds everything that is sealed, also a single segment. */
  static void foldAll(Tidemark store) {
    store.roll();
    List<SegmentInfo> sealed = foldable(store);
    if (!sealed.isEmpty()) {
      fold(store.log(), sealed);
    }
  }

  /** Drops whole segments below a position drawn from those that the log may be cut at. */
  static void truncate(Tidemark store, Random random) {
    store.roll();
    store.flush();
    OpLog log = store.log();
    long first = log.firstPosition();
    long span = log.appendedPosition() + 2 - first;
    log.truncateBelow(first + random.nextInt((int) span));
  }

  /** Drops everything. */
  static void truncateAll(Tidemark store) {
    store.roll();
    store.flush();
    store.log().truncateBelow(store.log().appendedPosition() + 1);
  }

  private static List<SegmentInfo> foldable(Tidemark store) {
    store.flush();
    return store.log().segments().stream().filter(SegmentInfo::sealed).toList();
  }

  private static void fold(OpLog log, List<SegmentInfo> originals) {
    TreeMap<Bytes, TreeMap<Bytes, RunRecord>> joined = new TreeMap<>();
    long last = originals.get(originals.size() - 1).lastPosition();
    try (LogCursor cursor = log.cursor(originals.get(0).firstPosition(), last)) {
      while (cursor.next()) {
        records(cursor).forEach(next -> join(joined, next));
      }
    }
    var coverage = Coverage.join(originals.stream().map(SegmentInfo::coverage).toList());
    try (FoldedWriter writer = log.folded(coverage)) {
      joined.values().forEach(keys -> keys.values().forEach(writer::add));
      FoldedSegment folded = writer.seal();
      log.swap(originals, folded);
    }
  }

  /** The records of an item of the log; those of a commit are its operations. */
  static List<RunRecord> records(LogCursor cursor) {
    List<RunRecord> records = new ArrayList<>();
    if (cursor.isRun()) {
      RunRecords run = cursor.records();
      for (RunRecord next = run.next(); next != null; next = run.next()) {
        records.add(next);
      }
    } else {
      Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
      for (Operation operation : commit.held()) {
        records.add(RunRecord.whole(operation.namespace(), operation.key(), operation.delta()));
      }
    }
    return records;
  }

  private static void join(TreeMap<Bytes, TreeMap<Bytes, RunRecord>> joined, RunRecord next) {
    Namespace namespace = next.namespace();
    TreeMap<Bytes, RunRecord> keys =
        joined.computeIfAbsent(namespace.prefix(), prefix -> new TreeMap<>());
    RunRecord before = keys.get(next.key());
    KeyState run = KeyState.noDeltas();
    var lattice = namespace.strategy().lattice();
    if (before != null) {
      Join.into(run, lattice, before.delta());
    }
    Join.into(run, lattice, next.delta(), next.part());
    KeyDelta both = run.copy();
    keys.put(next.key(), new RunRecord(namespace, next.key(), KeyPart.WHOLE, both));
  }
}
