package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.snapshot.Snapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the log when its part above the newest snapshot has become too large, too old, or too many
 * operations. What fails is tried again later: the log only grows meanwhile.
 */
final class Trimming implements Worker.Duty {
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final SnapshotKeeper keeper;
  private final StoreCore core;
  private final Options options;
  private final long createdMillis;
  private @Nullable Path known;
  private long position;
  private long operations;
  private long takenMillis;
  private volatile @Nullable Throwable problem;

  Trimming(SnapshotKeeper keeper, StoreCore core, Options options, long createdMillis) {
    this.keeper = keeper;
    this.core = core;
    this.options = options;
    this.createdMillis = createdMillis;
    this.takenMillis = createdMillis;
  }

  @Override
  public long run() {
    try {
      if (isDue()) {
        keeper.truncate();
      }
      problem = null;
      return PERIOD_NANOS;
    } catch (TidemarkException e) {
      problem = e;
      return RETRY_NANOS;
    } catch (IllegalStateException e) {
      if (!keeper.isClosed()) {
        throw e;
      }
      return RETRY_NANOS;
    }
  }

  /** Trimming has ended: the log grows on, and nothing else is disturbed. */
  void fail(Throwable cause) {
    problem = cause;
  }

  /** Why the last attempt failed, or null. */
  @Nullable Throwable problem() {
    return problem;
  }

  private boolean isDue() {
    Retention retention = options.retention();
    if (!retention.isAutomatic()) {
      return false;
    }
    lookAtNewest();
    if (known == null && core.log().firstPosition() > 1) {
      // Of a store that was restored: until there is one, its state is all there is of it.
      return true;
    }
    if (core.log().appendedPosition() <= position) {
      return false;
    }
    Duration age = retention.snapshotAge();
    long waited = options.clock().getAsLong() - takenMillis;
    return isTooLarge(retention.snapshotBytes())
        || total(core.vector()) - operations > retention.snapshotOperations()
        || (age != null && waited > age.toMillis());
  }

  private void lookAtNewest() {
    Path newest = keeper.newest();
    if (newest == null) {
      position = core.log().firstPosition() - 1;
      operations = total(core.log().cut());
      takenMillis = createdMillis;
    } else if (!newest.equals(known)) {
      Snapshot snapshot = Snapshot.read(newest);
      position = snapshot.position();
      operations = total(snapshot.manifest().vector());
      takenMillis = snapshot.manifest().takenMillis();
    }
    known = newest;
  }

  /** Reading all of a large state for a small log would cost more than the log does. */
  private boolean isTooLarge(long most) {
    long bytes = 0;
    for (SegmentInfo segment : core.log().segments()) {
      if (segment.firstPosition() > position) {
        bytes += segment.bytes();
      }
    }
    return bytes > most && bytes > core.state().stats().tableBytes();
  }

  private static long total(VersionVector vector) {
    long total = 0;
    for (int i = 0; i < vector.size(); i++) {
      total += vector.sequenceAt(i);
    }
    return total;
  }
}
