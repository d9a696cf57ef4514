package dev.tidemark;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A small file system of its own, that a test can fill and free. Skips the test, and says why,
 * where it may not mount one.
 */
final class SmallDisk implements AutoCloseable {
  /** What can be mounted. */
  enum Kind {
    /** In memory; a page is had when it is touched. */
    TMPFS,
    /** In an image; blocks are had late, when pages are written back. */
    EXT4
  }

  private static final int CHUNK = 64 << 10;
  private static final int BLOCK = 4096;

  private final Path directory;
  private final Path filler;

  private SmallDisk(Path directory) {
    this.directory = directory;
    this.filler = directory.resolve("filler");
  }

  /** Mounts one below a directory. */
  static SmallDisk mount(Kind kind, Path parent, int mebibytes) {
    Path point = parent.resolve("disk");
    try {
      Files.createDirectories(point);
      if (kind == Kind.TMPFS) {
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tidemark", point.toString());
      } else {
        String image = parent.resolve("image").toString();
        run("truncate", "-s", mebibytes + "M", image);
        run("mkfs.ext4", "-q", "-m", "0", image);
        run("mount", "-o", "loop", image, point.toString());
      }
    } catch (IOException e) {
      abort("this machine does not let the test mount " + kind + ": " + e.getMessage());
    }
    return new SmallDisk(point);
  }

  /** Where it is mounted. */
  Path directory() {
    return directory;
  }

  long usableBytes() {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long totalBytes() {
    try {
      return Files.getFileStore(directory).getTotalSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fills it until so much is left. */
  void fill(long leftBytes) {
    try (FileChannel channel =
        FileChannel.open(
            filler,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      for (long over = usableBytes() - leftBytes; over > 0; over = usableBytes() - leftBytes) {
        int length = (int) Math.max(BLOCK, Math.min(CHUNK, over));
        channel.write(ByteBuffer.allocate(length));
        // Only what has its blocks counts.
        channel.force(false);
      }
    } catch (IOException full) {
      if (leftBytes > 0) {
        throw new UncheckedIOException(full);
      }
    }
  }

  /** Gives back what was filled. */
  void free() {
    try {
      Files.deleteIfExists(filler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      run("umount", directory.toString());
    } catch (IOException busy) {
      try {
        run("umount", "--lazy", directory.toString());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw new AssertionError("something still uses " + directory, busy);
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(List.of(command) + ": " + output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
