package dev.tidemark.storage.compaction;

import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.storage.overlay.PendingRun;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.RunRecord;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Joins the deltas of one key, as they come in the order of the log, to as few as may be held in
 * memory by everybody who reads them. Neighbours alone are joined, so the order of what comes out
 * is that of the log, too. What is alone is passed through as it is.
 */
final class KeyFold {
  /** Up to here a delta grows by others that are no larger. */
  static final long EASY_BYTES = 2L << 20;

  /** No join gives a larger one; what a single commit brought may be larger. */
  static final long MAX_BYTES = 4L << 20;

  private final Consumer<PackedRecord> out;
  private @Nullable PackedRecord alone;
  private @Nullable Joined joined;

  /** What several records come to. */
  private record Joined(PackedRecord first, RunRecord place, PendingRun run) {
    static Joined of(PackedRecord first) {
      RunRecord place = first.decode();
      PendingRun run = new PendingRun(place.namespace());
      run.join(place.delta());
      return new Joined(first, place, run);
    }
  }

  /** A fold that gives each delta that is done with to a consumer. */
  KeyFold(Consumer<PackedRecord> out) {
    this.out = out;
  }

  /** Whether nothing is held. */
  boolean isEmpty() {
    return alone == null && joined == null;
  }

  /** Whether a record may be added: what is held is of the same key. */
  boolean accepts(PackedRecord entry) {
    Joined several = joined;
    PackedRecord held = several == null ? alone : several.first();
    return held == null || held.isOfSameKey(entry);
  }

  /** Takes the next delta. */
  void add(PackedRecord entry) {
    if (isEmpty()) {
      alone = entry;
      return;
    }
    Joined several = joined();
    long held = several.run().encodedBytes();
    long added = entry.length();
    if (held + added <= MAX_BYTES || (held <= EASY_BYTES && added <= EASY_BYTES)) {
      several.run().join(entry.decode().delta());
    } else if (added < EASY_BYTES / 2 || !joinLarge(several, entry.decode().delta())) {
      finish();
      alone = entry;
    }
  }

  /** Of two large ones it is not known before what they come to. */
  private boolean joinLarge(Joined left, KeyDelta right) {
    PendingRun both = new PendingRun(left.place().namespace());
    both.join(left.run().whole());
    both.join(right);
    if (both.encodedBytes() > MAX_BYTES) {
      return false;
    }
    joined = new Joined(left.first(), left.place(), both);
    return true;
  }

  private Joined joined() {
    Joined several = joined;
    PackedRecord first = alone;
    if (several == null) {
      if (first == null) {
        throw new IllegalStateException("nothing is held");
      }
      several = Joined.of(first);
      joined = several;
      alone = null;
    }
    return several;
  }

  /** Gives what is left. */
  void finish() {
    Joined several = joined;
    PackedRecord single = alone;
    joined = null;
    alone = null;
    if (several != null) {
      RunRecord place = several.place();
      KeyDelta all = several.run().whole();
      out.accept(PackedRecord.of(RunRecord.whole(place.namespace(), place.key(), all)));
    } else if (single != null) {
      out.accept(single);
    }
  }
}
