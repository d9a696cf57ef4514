package dev.tidemark.storage.log;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Refuses appends while the disk can still take what closing needs. A disk that fills up under a
 * mapped file gives no error at the write: the JVM gets a fault at some later instruction, and
 * commits whose append had returned are lost.
 */
final class SpaceGuard {
  /** How much may be appended between two looks at the disk. */
  private static final long STRIDE_BYTES = 1L << 20;

  private final Path directory;
  private final long reserveBytes;
  private final LongSupplier usableBytes;
  private long allowance;

  SpaceGuard(Path directory, long reserveBytes, LongSupplier usableBytes) {
    this.directory = directory;
    this.reserveBytes = reserveBytes;
    this.usableBytes = usableBytes;
  }

  /** Takes room for an entry, or refuses it; a refusal ends as soon as there is room again. */
  void take(int bytes) {
    if (bytes > allowance) {
      allowance = 0;
      long wanted = STRIDE_BYTES + bytes;
      long usable = usableBytes.getAsLong();
      if (usable < reserveBytes + wanted) {
        throw new OutOfSpaceException(
            Problem.of("disk is almost full")
                .with("directory", directory)
                .with("usable", usable)
                .with("reserve", reserveBytes)
                .advise("free some space; reading goes on, and writing will by itself"));
      }
      allowance = wanted;
    }
    allowance -= bytes;
  }
}
