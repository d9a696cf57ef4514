package dev.tidemark.storage.file;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreLockedException;
import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One open store per directory. The operating system's lock keeps other processes out and goes with
 * the process that held it; it does not keep out a second open in the same process, so those are
 * found in a register by real path, which a symbolic link does not deceive.
 *
 * <p>On POSIX a process loses its lock when it closes <em>any</em> descriptor of the file, so
 * nothing here opens the file of a directory that this process holds.
 */
public final class StoreLock implements AutoCloseable {
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path realDirectory;
  private final FileChannel channel;
  private boolean closed;

  private StoreLock(Path realDirectory, FileChannel channel) {
    this.realDirectory = realDirectory;
    this.channel = channel;
  }

  /**
   * Takes the lock of an existing directory.
   *
   * @throws StoreLockedException if this or another process has it
   * @throws StoreUnusableException if the lock file cannot be written
   */
  public static StoreLock acquire(StoreFiles files) {
    Path real = realDirectory(files);
    if (!HELD.add(real)) {
      throw locked(real, OptionalLong.of(ProcessHandle.current().pid()));
    }
    boolean acquired = false;
    try {
      StoreLock lock = new StoreLock(real, lockFile(real));
      acquired = true;
      return lock;
    } finally {
      if (!acquired) {
        HELD.remove(real);
      }
    }
  }

  /**
   * The process that has the store open, if one has. Changes nothing; for the moment it takes to
   * ask, a store that is being opened elsewhere finds its directory taken.
   */
  public static OptionalLong owner(StoreFiles files) {
    Path real = realDirectory(files);
    if (HELD.contains(real)) {
      return OptionalLong.of(ProcessHandle.current().pid());
    }
    Path file = new StoreFiles(real).lock();
    try (FileChannel channel = FileChannels.open(file, StandardOpenOption.READ);
        @Nullable FileLock probe = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return probe != null ? OptionalLong.empty() : readOwner(file);
    } catch (OverlappingFileLockException e) {
      return OptionalLong.of(ProcessHandle.current().pid());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static FileChannel lockFile(Path real) {
    Path file = new StoreFiles(real).lock();
    FileChannel channel = null;
    boolean acquired = false;
    try {
      channel =
          FileChannels.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        throw locked(real, readOwner(file));
      }
      channel.truncate(0);
      FileChannels.write(
          channel, 0, (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
      acquired = true;
      return channel;
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("lock file cannot be written")
              .with("file", file)
              .with("cause", e)
              .advise("check that the directory exists and is writable"),
          DiskFull.unless(e, file));
    } finally {
      if (!acquired && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException heldUnderAnotherClassLoader) {
      return false;
    }
  }

  private static OptionalLong readOwner(Path file) {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).trim()));
    } catch (IOException | NumberFormatException unknown) {
      return OptionalLong.empty();
    }
  }

  private static Path realDirectory(StoreFiles files) {
    try {
      return files.directory().toRealPath();
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("store directory is missing")
              .with("directory", files.directory())
              .with("cause", e),
          e);
    }
  }

  private static StoreLockedException locked(Path directory, OptionalLong owner) {
    return new StoreLockedException(
        Problem.of("store is open already")
            .with("directory", directory)
            .with("owner", owner.isPresent() ? "pid " + owner.getAsLong() : "unknown")
            .advise("close it there first; a directory serves one open store"));
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The lock goes with the descriptor either way.
    }
  }

  /** Gives the directory free; the file stays, since deleting it would race with the next owner. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      closeQuietly(channel);
      HELD.remove(realDirectory);
    }
  }
}
