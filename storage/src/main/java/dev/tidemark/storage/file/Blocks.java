package dev.tidemark.storage.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.posix.MAdviseFlag;
import net.openhft.posix.PosixAPI;

/**
 * Takes blocks of the disk for a file before it is written to through a mapping, where a full disk
 * is a fault and no error; where the system has no word for that, zeros are written. The one class
 * that calls the system past the JDK, so what it is told of a mapping is told here too.
 */
final class Blocks {
  private static final int READ_WRITE = 2;
  private static final int CREATE = 64;
  private static final int OWNER_ONLY = 0600;

  /** The length stays as it is: readers take it for what was written, or for what is mapped. */
  private static final int KEEP_SIZE = 1;

  /** {@code MADV_POPULATE_WRITE}, of Linux 5.14 and later. */
  private static final int POPULATE_WRITE = 23;

  private static final int INTERRUPTED = 4;
  private static final int NO_SPACE = 28;
  private static final int NOT_KNOWN = 38;
  private static final int NOT_SUPPORTED = 95;
  private static final int OVER_QUOTA = 122;

  private static final int ZEROS = 64 << 10;

  private Blocks() {}

  /**
   * Takes the blocks of a part of a file, which holds nothing there yet; makes the file if it is
   * missing. On {@link dev.tidemark.error.OutOfSpaceException} the file reads as before.
   */
  static void take(Path file, long offset, long length) throws IOException {
    int errno = Calls.ARE_THERE ? fallocate(file, offset, length) : NOT_KNOWN;
    switch (errno) {
      case 0 -> {}
      case NO_SPACE, OVER_QUOTA -> throw DiskFull.exception(file, "error " + errno);
      case NOT_KNOWN, NOT_SUPPORTED -> writeZeros(file, offset, length);
      default -> throw new IOException("fallocate: error " + errno + ": " + file);
    }
  }

  private static int fallocate(Path file, long offset, long length) throws IOException {
    PosixAPI posix = PosixAPI.posix();
    int descriptor = posix.open(file.toString(), READ_WRITE | CREATE, OWNER_ONLY);
    if (descriptor < 0) {
      throw new IOException("open: error " + posix.lastError() + ": " + file);
    }
    try {
      int errno;
      do {
        errno = posix.fallocate(descriptor, KEEP_SIZE, offset, length) == 0 ? 0 : posix.lastError();
      } while (errno == INTERRUPTED);
      return errno;
    } finally {
      posix.close(descriptor);
    }
  }

  /** Asks for single pages of a mapping. */
  static boolean keepSingle(long address, long length) {
    return advise(address, length, MAdviseFlag.MADV_RANDOM.value());
  }

  /** Takes pages out of a mapping of a file that is shared; what was written to them stays. */
  static boolean letGo(long address, long length) {
    return advise(address, length, MAdviseFlag.MADV_DONTNEED.value());
  }

  /** Makes pages of a mapping writable, as a write to each of them would. */
  static boolean bringIn(long address, long length) {
    return advise(address, length, POPULATE_WRITE);
  }

  /** Whether the system knows the word. */
  private static boolean advise(long address, long length, int advice) {
    try {
      return PosixAPI.posix().madvise(address, length, advice) == 0;
    } catch (RuntimeException | LinkageError e) {
      // Not every platform has the library's native part. It is advice.
      return false;
    }
  }

  private static void writeZeros(Path file, long offset, long length) throws IOException {
    try (FileChannel channel =
        FileChannels.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      byte[] zeros = new byte[(int) Math.min(length, ZEROS)];
      for (long at = offset; at < offset + length; at += zeros.length) {
        FileChannels.write(channel, at, zeros);
      }
    } catch (IOException e) {
      throw DiskFull.unless(e, file);
    }
  }

  /** Looked for once: not every platform has the library's native part. */
  private static final class Calls {
    private static final boolean ARE_THERE = find();

    private static boolean find() {
      try {
        // A descriptor that is none: answered by the system, or not at all.
        PosixAPI posix = PosixAPI.posix();
        return posix.fallocate(-1, KEEP_SIZE, 0, 1) == -1 && posix.lastError() == BAD_DESCRIPTOR;
      } catch (RuntimeException | LinkageError e) {
        return false;
      }
    }

    private static final int BAD_DESCRIPTOR = 9;
  }
}
