package dev.tidemark.storage.log;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.file.DurableFiles;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Keeps a reserve of the disk free, in which the state can be folded and flushed and the store be
 * closed after its log has stopped to grow. On a small disk it is an eighth of it.
 *
 * <p>Once refused, room is given again when a quarter more than the reserve is free: on a disk that
 * is eaten and freed around the reserve, a store that changed its mind at every append would be of
 * no use.
 */
public final class SpaceGuard {
  private static final int RESERVES_PER_DISK = 8;
  private static final int RESUMING_SHARE = 4;

  private final Path directory;
  private final long reserveBytes;
  private final LongSupplier usableBytes;
  private boolean refusing;

  /**
   * A guard of the disk under a directory.
   *
   * @param mostReserveBytes what is kept free, unless the disk is small
   */
  public SpaceGuard(Path directory, long mostReserveBytes, DurableFiles disk) {
    this.directory = directory;
    this.reserveBytes = Math.min(mostReserveBytes, disk.totalBytes(directory) / RESERVES_PER_DISK);
    this.usableBytes = disk.usableBytes(directory);
  }

  /**
   * Gives the most of what is asked for that leaves the reserve, but no less than is needed.
   *
   * @throws OutOfSpaceException if not even that is there
   */
  public synchronized long take(long needed, long wanted) {
    long usable = usableBytes.getAsLong();
    long kept = refusing ? reserveBytes + reserveBytes / RESUMING_SHARE : reserveBytes;
    refusing = usable - needed < kept;
    if (refusing) {
      throw new OutOfSpaceException(
          Problem.of("disk is almost full")
              .with("directory", directory)
              .with("usable", usable)
              .with("needed", needed)
              .with("reserve", kept)
              .advise("free some space; reading goes on, and writing will by itself"));
    }
    return Math.max(needed, Math.min(wanted, usable - kept));
  }
}
