package dev.tidemark.storage.file;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.fault.CrashPoint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
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
 * whole or not at all.
 *
 * <p>All that a store writes outside of mapped memory and RocksDB goes through the channels of
 * {@link #open} and the five calls after it. Not final, so that a test can watch these six, fail
 * each of them, and know what a power loss would leave.
 */
public class DurableFiles {
  private static final String ASIDE = ".new";
  private static final int COPY_BYTES = 1 << 20;

  private static final DurableFiles STANDARD = new DurableFiles();

  /** The one that forces and renames as it says. */
  public static DurableFiles standard() {
    return STANDARD;
  }

  /** Opens a file to write to it. */
  public FileChannel open(Path file, OpenOption... options) throws IOException {
    return FileChannels.open(file, options);
  }

  /** Makes a directory that is not there yet; the caller forces the one that names it. */
  public void makeDirectory(Path directory) throws IOException {
    Files.createDirectory(directory);
  }

  /** Gives another name to what has one; the caller forces the directories. */
  protected void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Deletes a file, unless it is gone; the caller forces the directory. */
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  /** Makes the bytes of a file survive a power loss. */
  public void force(FileChannel channel) throws IOException {
    channel.force(false);
  }

  /** Makes the names in a directory survive a power loss: files created, renamed and deleted. */
  public void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = open(directory, StandardOpenOption.READ)) {
      force(channel);
    }
  }

  /** Asks how much more the disk under a directory, which is there, takes. */
  public LongSupplier usableBytes(Path directory) {
    // Once: to find it, the table of all mounts is read, which is long on some machines.
    FileStore disk = disk(directory);
    return () -> {
      try {
        return disk.getUsableSpace();
      } catch (IOException e) {
        throw silent(directory, e);
      }
    };
  }

  /** The size of the disk under a directory, whatever of it is free. */
  public long totalBytes(Path directory) {
    try {
      return disk(directory).getTotalSpace();
    } catch (IOException e) {
      throw silent(directory, e);
    }
  }

  private static FileStore disk(Path directory) {
    try {
      return Files.getFileStore(directory);
    } catch (IOException e) {
      throw silent(directory, e);
    }
  }

  private static StoreUnusableException silent(Path directory, IOException e) {
    return new StoreUnusableException(
        Problem.of("disk does not tell its space").with("directory", directory).with("cause", e),
        e);
  }

  /**
   * Takes room on the disk for a part of a file that holds nothing yet, and makes the file if it is
   * missing: what is written there later, through a mapping too, cannot meet a full disk. The
   * file's length stays as it is, where the system can do that.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; the file reads as before
   */
  public void allocate(Path file, long offset, long length) throws IOException {
    Blocks.take(file, offset, length);
  }

  /**
   * Creates a directory, unless it is there, and forces the one that names it: also if it is there,
   * since a crash may have come between the two the last time.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; nothing has changed
   */
  public void createDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      try {
        makeDirectory(directory);
      } catch (IOException e) {
        throw DiskFull.unless(e, directory);
      }
    }
    forceParent(directory);
  }

  /**
   * Creates a directory with those above it that are missing, and forces what names each of them:
   * what is forced in a directory that nothing names for good is gone after a power loss.
   */
  public void createDirectories(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent != null && !Files.isDirectory(absolute)) {
      createDirectories(parent);
    }
    if (parent != null && (Files.isReadable(parent) || !Files.isDirectory(absolute))) {
      createDirectory(absolute);
    }
  }

  /**
   * Replaces a file's content: after a crash it has the old content or the new, never a mixture.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; the file is as it was
   */
  public void replace(Path file, byte[] content) throws IOException {
    replace(file, channel -> FileChannels.write(channel, 0, content));
  }

  private void replace(Path file, Filling filling) throws IOException {
    Path aside = aside(file);
    try (FileChannel channel = filled(aside, filling)) {
      // A force that fails is a broken disk even if it says that it is full: what it did not save
      // was taken in by a write that had succeeded.
      force(channel);
    }
    moveInto(aside, file);
  }

  private FileChannel filled(Path file, Filling filling) throws IOException {
    FileChannel channel = null;
    try {
      channel = writable(file);
      filling.into(channel);
      return channel;
    } catch (IOException e) {
      if (channel != null) {
        channel.close();
      }
      // What there is of it takes the room that its next try needs.
      delete(file);
      throw DiskFull.unless(e, file);
    }
  }

  /** Writes a file's content. */
  private interface Filling {
    void into(FileChannel channel) throws IOException;
  }

  /**
   * Replaces a file by a copy of its first bytes. After a failed force the kernel takes its unsaved
   * pages for saved, and forcing the same file again does nothing; fresh pages are written.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; the file is as it was
   */
  public void rewrite(Path file, long length) throws IOException {
    try (FileChannel from = FileChannels.open(file, StandardOpenOption.READ)) {
      replace(file, to -> copy(from, to, file, length));
    }
  }

  private static void copy(FileChannel from, FileChannel to, Path file, long length)
      throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (long at = 0; at < length; ) {
      int step = (int) Math.min(buffer.length, length - at);
      if (FileChannels.read(from, at, buffer, 0, step) != step) {
        throw new IOException("file is shorter than expected: " + file);
      }
      FileChannels.write(to, at, step == buffer.length ? buffer : Arrays.copyOf(buffer, step));
      at += step;
    }
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
      delete(path);
    }
    forceParent(directory);
  }

  /** Moves a file or directory within the file system, and forces both directories that name it. */
  public void move(Path from, Path to) throws IOException {
    rename(from, to);
    forceParent(to);
    forceParent(from);
  }

  /**
   * Gives a file that was written aside, and forced, the name by which it is found; the caller
   * forces the directory, once for many.
   */
  public void publish(Path aside, Path file) throws IOException {
    rename(aside, file);
  }

  private void moveInto(Path aside, Path file) throws IOException {
    CrashPoint.RENAME.before();
    rename(aside, file);
    CrashPoint.RENAME.after();
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

  private FileChannel writable(Path file) throws IOException {
    return open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }
}
