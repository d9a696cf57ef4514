package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.HandOver;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.compaction.Pace;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is left of keys that a member of a ring has given to others, once the ring is settled:
 * nobody needs it then, since all owners have what anybody did to their keys. It is removed some
 * keys at a time.
 *
 * <p>The log is told first, by a run that replaces these keys by nothing. So the state stays the
 * join of the log, wherever a crash falls and whoever makes it again; and keys that come back later
 * find nothing that a log could bring back in addition. The log itself still has all commits, for
 * whoever reads it.
 *
 * <p>A store that was narrowed by hand keeps what it has: what it made of such keys may be nowhere
 * else.
 *
 * <p>Memory: one record, and a batch of what a fold takes. For one thread at a time, but for
 * replay.
 */
final class Leftovers {
  /** Writers wait while so much is removed. */
  private static final int KEYS_AT_A_TIME = 2_048;

  private static final int CELLS_AT_A_TIME = 8_192;

  /** Others wait while so much is looked at. */
  private static final int LOOKS_AT_A_TIME = 1 << 16;

  private final StoreCore store;
  private final OpLog log;
  private final StateStore state;
  private final Committer committer;
  private final RunIntake runs;
  private final Background background;

  /** What was held when the walk over the state began. */
  private @Nullable Holding holding;

  private final Deque<Namespace> namespaces = new ArrayDeque<>();
  private KeyRange rest = KeyRange.ALL;

  private boolean hasTaken;
  private boolean hasBrought;

  Leftovers(
      StoreCore store,
      OpLog log,
      StateStore state,
      Committer committer,
      RunIntake runs,
      Background background) {
    this.store = store;
    this.log = log;
    this.state = state;
    this.committer = committer;
    this.runs = runs;
    this.background = background;
  }

  /** Removes some, if it is time for that; whether there may be more. */
  boolean step(Pace pace) {
    if (!store.locked(this::isDue)) {
      holding = null;
      return false;
    }
    background.requireRoom();
    Holding now = store.holding();
    if (!now.equals(holding)) {
      begin(now);
    }
    Piece piece = new Piece(now.interest());
    FoldedSegment aside = write(piece);
    if (aside != null) {
      enter(aside, now);
    }
    pace.passed(piece.bytes);
    if (namespaces.isEmpty()) {
      store.locked(() -> end(now));
    }
    return true;
  }

  /** Whether there is anything to remove; under the write lock. */
  boolean isDue() {
    HandOver ring = committer.ring().handOver();
    return ring != null
        && ring.mayHaveLeftovers()
        && !Objects.equals(state.freed(), store.interest());
  }

  private void begin(Holding now) {
    if (state.freed() == null) {
      store.locked(this::noteFreed);
    }
    // What is in memory only would be passed over.
    store.foldPending();
    namespaces.clear();
    namespaces.addAll(state.schema().namespaces());
    rest = KeyRange.ALL;
    holding = now;
  }

  private boolean noteFreed() {
    store.gate().free();
    state.freed(Interest.ALL);
    return true;
  }

  private boolean end(Holding walked) {
    boolean isSame = store.holding().equals(walked);
    if (isSame) {
      state.freed(walked.interest());
    }
    holding = null;
    return isSame;
  }

  /** Null if it has come to none. */
  private @Nullable FoldedSegment write(Piece piece) {
    try (Pin pin = store.locked(state::pin);
        FoldedWriter writer = log.folded(List.of())) {
      while (!namespaces.isEmpty() && !piece.isFull()) {
        some(pin, namespaces.element(), piece, writer);
      }
      return piece.keys == 0 ? null : writer.seal();
    }
  }

  private void some(Pin pin, Namespace namespace, Piece piece, FoldedWriter writer) {
    try (KeyCursor cursor = state.keys(pin, namespace, rest)) {
      while (!piece.isFull()) {
        if (!cursor.next()) {
          namespaces.remove();
          rest = KeyRange.ALL;
          return;
        }
        Bytes key = cursor.key();
        KeyPart part = piece.of(key, cursor.head(), cursor.view(namespace));
        if (part != null) {
          writer.add(RunRecord.nothing(namespace, key, part));
        }
        boolean isDone = part == null || part.last();
        rest = isDone ? rest.after(key) : rest.startingAt(key);
      }
    }
  }

  private void enter(FoldedSegment aside, Holding now) {
    boolean entered = false;
    try {
      // Most of what has to be in the state before it is folded while updates go on.
      store.foldPending();
      entered = store.locked(() -> enterLocked(aside, now));
    } finally {
      if (!entered) {
        runs.discard(aside);
      }
    }
  }

  /** Keys that came to be held meanwhile must not go. */
  private boolean enterLocked(FoldedSegment aside, Holding now) {
    store.requireWritable();
    boolean isSame = isDue() && store.holding().equals(now);
    if (isSame) {
      runs.attach(aside, VersionVector.EMPTY, VersionVector.EMPTY);
    }
    return isSame;
  }

  /** What is removed at a time. */
  private static final class Piece {
    private final Interest held;
    private int looks;
    private int keys;
    private int cells;
    private long bytes;

    Piece(Interest held) {
      this.held = held;
    }

    boolean isFull() {
      return looks >= LOOKS_AT_A_TIME || keys >= KEYS_AT_A_TIME || cells >= CELLS_AT_A_TIME;
    }

    /** How much of a key goes with it; null for none of one that is held. */
    @Nullable KeyPart of(Bytes key, byte[] head, KeyView view) {
      looks++;
      bytes += key.length() + head.length;
      if (held.covers(key)) {
        return null;
      }
      keys++;
      Bytes[] end = new Bytes[1];
      view.cells(
          CellRange.ALL,
          (id, cell) -> {
            bytes += id.length() + cell.length;
            if (cells == CELLS_AT_A_TIME) {
              end[0] = id;
              return false;
            }
            cells++;
            return true;
          });
      return end[0] == null
          ? KeyPart.WHOLE
          : new KeyPart(new CellRange(Bytes.EMPTY, end[0]), false);
    }
  }

  /** Refuses a run of the log that takes what the store is to hold. */
  RunRecords replayed(RunRecords records, long position) {
    hasTaken = false;
    hasBrought = false;
    return () -> {
      RunRecord next = records.next();
      if (next != null) {
        store.gate().requireReplayed(next, position);
        hasTaken |= next.isNothing();
        hasBrought |= !next.isNothing();
      }
      return next;
    };
  }

  /** A state that is made again of the log has lost the word that keys were removed. */
  void replayed() {
    if (hasTaken && !hasBrought && state.freed() == null) {
      noteFreed();
    }
    hasTaken = false;
  }
}
