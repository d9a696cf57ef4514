package dev.tidemark.storage.inspect;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.inspect.Finding.Part;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.overlay.OfflineFold;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCopy;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyMeaning;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateOptions;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds a state again from the log alone, or from a snapshot and the log above it, on disk beside
 * the store, and compares it key by key: the same keys, and for each the same digest of head and
 * cells. Memory is bounded whatever the size of the log, of the state, or of one key.
 */
final class StateRebuild implements AutoCloseable {
  private final Path scratch;
  private final StateStore rebuilt;
  private final Findings findings;
  private long compared;

  /**
   * A state with nothing in it yet.
   *
   * @param base the snapshot to go on from, or null to begin with nothing
   */
  StateRebuild(Path scratch, Schema schema, @Nullable Snapshot base, Findings findings) {
    this.scratch = scratch;
    if (base != null) {
      copy(base);
    }
    this.rebuilt = StateStore.open(scratch, schema, StateOptions.DEFAULT);
    this.findings = findings;
  }

  private void copy(Snapshot base) {
    DurableFiles disk = DurableFiles.standard();
    try {
      disk.deleteDirectory(scratch);
      new SnapshotCopy(base, disk, () -> {}).copyData(scratch);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("scratch directory cannot be written")
              .with("directory", scratch)
              .with("cause", e)
              .advise("give one with room for a copy of the state"),
          e);
    }
  }

  /** Joins the log up to and with a position. */
  void join(LogReader log, long lastPosition) {
    OfflineFold fold = new OfflineFold(rebuilt, OfflineFold.ALONE_BYTES);
    try (LogCursor cursor = log.cursor(rebuilt.progress().applied() + 1)) {
      while (cursor.next() && cursor.position() <= lastPosition) {
        if (cursor.isRun()) {
          fold.takeRun(
              cursor.effect(), new Belonging(cursor), cursor.position(), rows(cursor.coverage()));
          continue;
        }
        Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
        if (!belongs(commit, cursor.position())) {
          continue;
        }
        var header = commit.header();
        OriginRow row =
            new OriginRow(
                header.lastSequence(), header.lastStamp(), header.chain(), header.summary());
        if (fold.join(commit, cursor.position(), row)) {
          fold.fold();
        }
      }
    }
    fold.fold();
  }

  /** How far each origin is matters to a later run only, and nothing else is looked at. */
  private static SortedMap<Long, OriginRow> rows(List<OriginCoverage> coverage) {
    SortedMap<Long, OriginRow> rows = new TreeMap<>(Long::compareUnsigned);
    for (OriginCoverage run : coverage) {
      rows.put(
          run.origin(),
          new OriginRow(run.after(), run.lastStamp(), run.chainAfter(), run.summary()));
    }
    return rows;
  }

  private boolean belongs(Commit commit, long position) {
    for (Operation operation : commit.operations()) {
      if (!belongs(operation.namespace(), operation.key(), position)) {
        return false;
      }
    }
    return true;
  }

  private boolean belongs(Namespace namespace, Bytes key, long position) {
    boolean belongs = namespace.equals(rebuilt.schema().of(key));
    if (!belongs) {
      findings.add(
          Part.LOG_AGAINST_STATE,
          "position " + position + ", key " + key,
          "namespace " + rebuilt.schema().of(key),
          namespace);
    }
    return belongs;
  }

  /** The records of a run that the state has a place for. */
  private final class Belonging implements RunRecords {
    private final RunRecords records;
    private final long position;

    Belonging(LogCursor run) {
      this.records = run.records();
      this.position = run.position();
    }

    @Override
    public @Nullable RunRecord next() {
      RunRecord next = records.next();
      while (next != null && !belongs(next.namespace(), next.key(), position)) {
        next = records.next();
      }
      return next;
    }
  }

  /** Compares with the state that the store holds. */
  void compare(StateStore state, Pin at) {
    try (Pin pin = rebuilt.pin()) {
      for (Namespace namespace : state.schema().namespaces()) {
        try (KeyCursor held = state.keys(at, namespace, KeyRange.ALL);
            KeyCursor due = rebuilt.keys(pin, namespace, KeyRange.ALL)) {
          compare(namespace, new Side(state, at, held), new Side(rebuilt, pin, due));
        }
      }
    }
  }

  /** One of two states, and a walk over its keys. */
  private record Side(StateStore state, Pin pin, KeyCursor keys) {
    /** What the key means under a floor: what may be forgotten may be there or not. */
    KeyMeaning meaning(Namespace namespace, Floor floor) {
      return KeyMeaning.of(
          namespace.strategy().lattice(),
          keys.head(),
          state.view(pin, namespace, keys.key()),
          floor);
    }
  }

  private void compare(Namespace namespace, Side heldSide, Side dueSide) {
    KeyCursor held = heldSide.keys();
    KeyCursor due = dueSide.keys();
    Floor floor = heldSide.pin().floor().join(dueSide.pin().floor());
    boolean moreHeld = held.next();
    boolean moreDue = due.next();
    while (moreHeld || moreDue) {
      int order = !moreHeld ? 1 : !moreDue ? -1 : held.key().compareTo(due.key());
      if (order < 0) {
        if (!heldSide.meaning(namespace, floor).isForgotten()) {
          differs(namespace, held.key(), "no such key", "a key");
        }
      } else if (order > 0) {
        if (!dueSide.meaning(namespace, floor).isForgotten()) {
          differs(namespace, due.key(), "a key", "no such key");
        }
      } else {
        compared++;
        boolean same = held.digest() == due.digest() && held.liveCells() == due.liveCells();
        if (!same
            && !heldSide.meaning(namespace, floor).equals(dueSide.meaning(namespace, floor))) {
          differs(namespace, held.key(), digest(due), digest(held));
        }
      }
      moreHeld = order <= 0 ? held.next() : moreHeld;
      moreDue = order >= 0 ? due.next() : moreDue;
    }
  }

  private void differs(Namespace namespace, Bytes key, String expected, String actual) {
    findings.add(
        Part.LOG_AGAINST_STATE, "namespace " + namespace + ", key " + key, expected, actual);
  }

  private static String digest(KeyCursor cursor) {
    return "digest " + Long.toHexString(cursor.digest()) + ", live cells " + cursor.liveCells();
  }

  /** Keys that both had. */
  long compared() {
    return compared;
  }

  /** Leaves nothing behind: a store that is moving is verified again in the same directory. */
  @Override
  public void close() {
    rebuilt.close();
    try {
      DurableFiles.standard().deleteDirectory(scratch);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("scratch directory cannot be removed")
              .with("directory", scratch)
              .with("cause", e),
          e);
    }
  }
}
