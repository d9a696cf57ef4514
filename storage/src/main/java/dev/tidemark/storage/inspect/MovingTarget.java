package dev.tidemark.storage.inspect;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Looking at a store that another process has open: files are replaced between the moment they are
 * named and the moment they are read. What is wrong then is looked at again, and is damage only if
 * it stays.
 */
public final class MovingTarget {
  private static final int TRIES = 8;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private MovingTarget() {}

  /** Opens something to look at, or looks at it: from the start, as often as it takes. */
  public static <T> T open(StoreFiles files, Supplier<T> opening) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try {
        return opening.get();
      } catch (TidemarkException e) {
        if (!isMoving(files) || System.nanoTime() > deadline) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Verifies; findings are passed on once they stay. */
  static VerifyReport verify(
      StoreFiles files,
      Consumer<Finding> listener,
      Function<Consumer<Finding>, VerifyReport> verification) {
    for (int i = 1; i < TRIES && isMoving(files); i++) {
      try {
        VerifyReport report = verification.apply(finding -> {});
        if (report.isClean() && !Verification.FOLDED_BEYOND.equals(report.notCompared())) {
          return report;
        }
      } catch (TidemarkException e) {
        // A segment that was folded or dropped after it was looked up cannot even be read.
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return verification.apply(listener);
  }

  /** Asked only where the file is, so that none is made. */
  private static boolean isMoving(StoreFiles files) {
    return Files.exists(files.lock()) && StoreLock.owner(files).isPresent();
  }
}
