package dev.tidemark.storage.file;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The one class that forces and renames files. A file survives a power loss when its bytes are
 * forced and the directory that names it is forced too; a rename is the only change that is seen
 * whole or not at all. Not final, so that a test can count the forces and fail them.
 */
public class DurableFiles {
  private static final String ASIDE = ".new";
  private static final int COPY_BYTES = 1 << 20;

  private static final DurableFiles STANDARD = new DurableFiles();

  /** The one that forces and renames as it says. */
  public static DurableFiles standard() {
    return STANDARD;
  }

  /** Makes the bytes of a file survive a power loss. */
  public void force(FileChannel channel) throws IOException {
    channel.force(false);
  }

  /** Makes the names in a directory survive a power loss: files created, renamed and deleted. */
  public void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannels.open(directory, StandardOpenOption.READ)) {
      force(channel);
    }
  }

  /** Asks how much more the disk under a directory takes. */
  public LongSupplier usableBytes(Path directory) {
    return () -> {
      try {
        return Files.getFileStore(directory).getUsableSpace();
      } catch (IOException e) {
        throw new StoreUnusableException(
            Problem.of("disk does not tell its free space")
                .with("directory", directory)
                .with("cause", e),
            e);
      }
    };
  }

  /** Creates a directory, unless it is there, and forces the one that names it. */
  public void createDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory);
      forceParent(directory);
    }
  }

  /** Creates a directory and those above it that are missing, and forces each that names one. */
  public void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    createDirectory(directory);
  }

  /**
   * Replaces a file's content: after a crash it has the old content or the new, never a mixture.
   */
  public void replace(Path file, byte[] content) throws IOException {
    Path aside = aside(file);
    try (FileChannel channel = writable(aside)) {
      FileChannels.write(channel, 0, content);
      force(channel);
    }
    moveInto(aside, file);
  }

  /** Cuts a file to a length and forces it. */
  public void truncate(Path file, long length) throws IOException {
    try (FileChannel channel = FileChannels.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
      force(channel);
    }
  }

  /**
   * Replaces a file by a copy of its first bytes. After a failed force the kernel takes its unsaved
   * pages for saved, and forcing the same file again does nothing; fresh pages are written.
   */
  public void rewrite(Path file, long length) throws IOException {
    Path aside = aside(file);
    try (FileChannel from = FileChannels.open(file, StandardOpenOption.READ);
        FileChannel to = writable(aside)) {
      byte[] buffer = new byte[COPY_BYTES];
      for (long at = 0; at < length; ) {
        int step = (int) Math.min(buffer.length, length - at);
        if (FileChannels.read(from, at, buffer, 0, step) != step) {
          throw new IOException("file is shorter than expected: " + file);
        }
        FileChannels.write(to, at, step == buffer.length ? buffer : Arrays.copyOf(buffer, step));
        at += step;
      }
      force(to);
    }
    moveInto(aside, file);
  }

  /** Deletes a file, unless it is gone; the caller forces the directory. */
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** Deletes a directory with all that is in it, and forces the one that named it. */
  public void deleteDirectory(Path directory) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> tree = Files.walk(directory)) {
      deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException gone) {
      return;
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
    forceParent(directory);
  }

  /** Moves a file or directory within the file system, and forces both directories that name it. */
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    forceParent(to);
    forceParent(from);
  }

  private void moveInto(Path aside, Path file) throws IOException {
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceParent(file);
  }

  private void forceParent(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      forceDirectory(parent);
    }
  }

  private static Path aside(Path file) {
    return file.resolveSibling(file.getFileName() + ASIDE);
  }

  private static FileChannel writable(Path file) throws IOException {
    return FileChannels.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }
}
