package dev.tidemark.storage.core;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.SegmentInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Removes chunks of large values that nothing refers to, after the log was cut or folded: only then
 * is there something that it did not hold any more. Slowly, and at most once in a while; what fails
 * is tried again with the next.
 */
final class Sweeping implements Worker.Duty {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LEAST_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A portion of work, and a rest as long as many of them take. */
  private static final int STEPS_PER_REST = 64;

  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final SnapshotKeeper keeper;
  private final OpLog log;
  private final Path blobs;
  private long seen;
  private long sweptNanos;
  private long steps;
  private volatile @Nullable Throwable problem;

  Sweeping(SnapshotKeeper keeper, OpLog log, Path blobs) {
    this.keeper = keeper;
    this.log = log;
    this.blobs = blobs;
    this.seen = folding(log);
    this.sweptNanos = System.nanoTime() - LEAST_NANOS;
  }

  @Override
  public long run() {
    long now = folding(log);
    boolean rested = System.nanoTime() - sweptNanos >= LEAST_NANOS;
    if (now == seen || !rested || !Files.exists(blobs)) {
      return LOOK_NANOS;
    }
    try {
      keeper.sweep(PATIENCE, this::pace);
      problem = null;
    } catch (TidemarkException e) {
      problem = e;
    } catch (IllegalStateException e) {
      if (!keeper.isClosed()) {
        throw e;
      }
    }
    seen = now;
    sweptNanos = System.nanoTime();
    return LOOK_NANOS;
  }

  private void pace() {
    if (++steps % STEPS_PER_REST == 0) {
      LockSupport.parkNanos(REST_NANOS);
    }
  }

  /** Sweeping has ended: chunks that nothing refers to stay, and nothing else is disturbed. */
  void fail(Throwable cause) {
    problem = cause;
  }

  /** Why the last attempt failed, or null. */
  @Nullable Throwable problem() {
    return problem;
  }

  /** Changes when what the log held is cut off or folded. */
  private static long folding(OpLog log) {
    List<SegmentInfo> segments = log.segments();
    long folded = 0;
    for (SegmentInfo segment : segments) {
      if (segment.kind() == SegmentInfo.Kind.FOLDED) {
        folded = 31 * folded + segment.number();
      }
    }
    return 31 * folded + log.firstPosition();
  }
}
