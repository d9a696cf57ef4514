package dev.tidemark.storage.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import jnr.ffi.LibraryLoader;

/** Calls of Linux that Java has no name for. */
public final class Kernel {
  private static final int READ_ONLY = 0;
  private static final int READ_WRITE = 2;

  /** FS_IOC_SHUTDOWN. */
  private static final long SHUT_DOWN = 0x8004587dL;

  /** Not even the journal is written. */
  private static final int NO_LOG_FLUSH = 2;

  /** Waits for writes under way, writes, and waits for that. */
  private static final int WRITE_AND_WAIT = 7;

  private Kernel() {}

  /** The C library, as far as it is needed. */
  public interface LibC {
    /** Opens a file. */
    int open(String path, int flags);

    /** Closes it. */
    int close(int descriptor);

    /** Asks a device or a file system for something special. */
    int ioctl(int descriptor, long request, int[] argument);

    /** Writes a range of a file's pages to the disk, and nothing else. */
    int sync_file_range(int descriptor, long offset, long bytes, int flags);
  }

  private static final class Loaded {
    static final LibC C = LibraryLoader.create(LibC.class).load("c");
  }

  /** Stops a mounted file system as a power failure does. */
  static void shutDown(Path mount) {
    int descriptor = opened(mount, READ_ONLY);
    try {
      require(Loaded.C.ioctl(descriptor, SHUT_DOWN, new int[] {NO_LOG_FLUSH}), "shut down", mount);
    } finally {
      Loaded.C.close(descriptor);
    }
  }

  /**
   * Writes some of a file's first pages back, in no order, as a kernel short of memory does, and
   * then what the file system knows of them.
   */
  public static void writeBackSome(Path file, long bytes, SplittableRandom random, double share) {
    int descriptor = opened(file, READ_WRITE);
    try {
      for (long at = 0; at < Math.min(bytes, Files.size(file)); at += Content.PAGE_BYTES) {
        if (random.nextDouble() < share) {
          require(
              Loaded.C.sync_file_range(descriptor, at, Content.PAGE_BYTES, WRITE_AND_WAIT),
              "write back",
              file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Loaded.C.close(descriptor);
    }
  }

  /** Forces a file of its own, which commits the file system's journal for all files. */
  public static void commitJournal(Path mount) throws IOException {
    try (FileChannel other =
        FileChannel.open(
            mount.resolve("other"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.write(ByteBuffer.wrap(new byte[] {1}));
      other.force(true);
    }
  }

  private static int opened(Path path, int flags) {
    int descriptor = Loaded.C.open(path.toString(), flags);
    require(descriptor, "open", path);
    return descriptor;
  }

  private static void require(int result, String what, Path path) {
    if (result < 0) {
      throw new AssertionError("cannot " + what + ": " + path);
    }
  }
}
