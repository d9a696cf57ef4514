package dev.tidemark.storage.compaction;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.overlay.PendingRun;
import dev.tidemark.storage.run.RunRecord;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins the deltas of one key, as they come in the order of the log, to as few as may be held in
 * memory by everybody who reads them. Neighbours alone are joined, so the order of what comes out
 * is that of the log, too.
 */
final class KeyFold {
  /** Up to here a delta grows by others that are no larger. */
  static final long EASY_BYTES = 2L << 20;

  /** No join gives a larger one; what a single commit brought may be larger. */
  static final long MAX_BYTES = 4L << 20;

  private final Namespace namespace;
  private final Bytes key;
  private final Consumer<RunRecord> out;
  private @Nullable KeyDelta alone;
  private @Nullable PendingRun joined;

  /** A fold that gives each delta that is done with to a consumer. */
  KeyFold(Namespace namespace, Bytes key, Consumer<RunRecord> out) {
    this.namespace = namespace;
    this.key = key;
    this.out = out;
  }

  /** Whether a record is of the same key. */
  boolean isOf(RunRecord entry) {
    return key.equals(entry.key()) && namespace.prefix().equals(entry.namespace().prefix());
  }

  /** Takes the next delta; gives about how much heap the fold takes more, in bytes. */
  long add(KeyDelta delta) {
    if (alone == null && joined == null) {
      alone = delta;
      return heapBytes(delta);
    }
    long before = heldBytes();
    PendingRun run = run();
    long held = run.encodedBytes();
    long added = bytes(delta);
    if (held + added <= MAX_BYTES || (held <= EASY_BYTES && added <= EASY_BYTES)) {
      run.join(delta);
    } else if (added < EASY_BYTES / 2 || !joinLarge(run, delta)) {
      finish();
      alone = delta;
    }
    return heldBytes() - before;
  }

  /** Of two large ones it is not known before what they come to. */
  private boolean joinLarge(PendingRun left, KeyDelta right) {
    PendingRun both = new PendingRun(namespace);
    both.join(left.whole());
    both.join(right);
    if (both.encodedBytes() > MAX_BYTES) {
      return false;
    }
    joined = both;
    return true;
  }

  private PendingRun run() {
    PendingRun run = joined;
    KeyDelta first = alone;
    if (run == null) {
      run = new PendingRun(namespace);
      if (first != null) {
        run.join(first);
      }
      joined = run;
      alone = null;
    }
    return run;
  }

  /** Gives what is left. */
  void finish() {
    PendingRun run = joined;
    KeyDelta delta = run == null ? alone : run.whole();
    joined = null;
    alone = null;
    if (delta != null) {
      out.accept(RunRecord.whole(namespace, key, delta));
    }
  }

  private long heldBytes() {
    KeyDelta first = alone;
    PendingRun run = joined;
    return run != null ? run.heapBytes() : first == null ? 0 : heapBytes(first);
  }

  static long heapBytes(KeyDelta delta) {
    long cells = delta.cells().size();
    return bytes(delta) + PendingRun.KEY_OVERHEAD + PendingRun.CELL_OVERHEAD * cells;
  }

  /** About its encoded length. */
  static long bytes(KeyDelta delta) {
    long bytes = delta.head().length;
    for (var cell : delta.cells().entrySet()) {
      bytes += cell.getKey().length() + cell.getValue().length;
    }
    return bytes;
  }
}
