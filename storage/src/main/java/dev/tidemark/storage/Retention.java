package dev.tidemark.storage;

import dev.tidemark.error.Problem;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a store takes a snapshot by itself and cuts off the log below it, and what it keeps all the
 * same. Immutable; start from {@link #defaults()}.
 *
 * @param keepSnapshots how many of the newest snapshots are kept
 * @param snapshotBytes a snapshot is taken when the log above the newest one is larger than this,
 *     and than the state, which a snapshot reads as a whole
 * @param snapshotOperations or when there are more operations above it than this
 * @param snapshotAge or when the oldest operation above it has waited this long; null for ever
 * @param retainBytes how much of the log is kept below the newest snapshot for those who have not
 *     read it yet: open streams and subscriptions, and members that are away
 */
public record Retention(
    int keepSnapshots,
    long snapshotBytes,
    long snapshotOperations,
    @Nullable Duration snapshotAge,
    long retainBytes) {
  /** Two snapshots, one for each GiB of log; readers may keep another GiB. */
  public static Retention defaults() {
    return new Retention(2, 1L << 30, Long.MAX_VALUE, null, 1L << 30);
  }

  /**
   * Nothing happens by itself: the log grows until somebody asks, and chunks of large values stay
   * until somebody sweeps.
   */
  public static Retention byCommandOnly() {
    return new Retention(2, Long.MAX_VALUE, Long.MAX_VALUE, null, Long.MAX_VALUE);
  }

  /** Whether anything happens by itself. */
  public boolean isAutomatic() {
    return snapshotBytes != Long.MAX_VALUE
        || snapshotOperations != Long.MAX_VALUE
        || snapshotAge != null;
  }

  /** Refuses what cannot work. */
  public Retention {
    atLeast("keepSnapshots", keepSnapshots, 1);
    atLeast("snapshotBytes", snapshotBytes, 1);
    atLeast("snapshotOperations", snapshotOperations, 1);
    atLeast("retainBytes", retainBytes, 0);
    if (snapshotAge != null) {
      atLeast("snapshotAgeMillis", snapshotAge.toMillis(), 1);
    }
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw Problem.of("retention is too small")
          .with(name, value)
          .with("least", least)
          .advise("raise it, or leave it at its default")
          .illegalArgument();
    }
  }

  /** With another number of snapshots. */
  public Retention withKeepSnapshots(int newest) {
    return new Retention(newest, snapshotBytes, snapshotOperations, snapshotAge, retainBytes);
  }

  /** With another size of log that a snapshot is taken for. */
  public Retention withSnapshotBytes(long bytes) {
    return new Retention(keepSnapshots, bytes, snapshotOperations, snapshotAge, retainBytes);
  }

  /** With another number of operations that a snapshot is taken for. */
  public Retention withSnapshotOperations(long operations) {
    return new Retention(keepSnapshots, snapshotBytes, operations, snapshotAge, retainBytes);
  }

  /** With an age that a snapshot is taken for. */
  public Retention withSnapshotAge(Duration age) {
    return new Retention(keepSnapshots, snapshotBytes, snapshotOperations, age, retainBytes);
  }

  /** With another size of log that readers may keep. */
  public Retention withRetainBytes(long bytes) {
    return new Retention(keepSnapshots, snapshotBytes, snapshotOperations, snapshotAge, bytes);
  }
}
