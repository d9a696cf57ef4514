package dev.tidemark.storage.repair;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreLockedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Where a repair reads, and where it writes: two directories that have nothing to do with another.
 */
final class Target {
  private static final long RESERVE_BYTES = 128L << 20;

  private final StoreFiles files;

  private Target(StoreFiles files) {
    this.files = files;
  }

  /** Checks both; makes nothing yet. */
  static Target of(StoreFiles from, Path directory) {
    requireClosed(from);
    requireEmpty(directory);
    requireApart(from.directory(), directory);
    return new Target(new StoreFiles(directory));
  }

  private static void requireClosed(StoreFiles from) {
    OptionalLong owner = StoreLock.owner(from);
    if (owner.isPresent()) {
      throw new StoreLockedException(
          Problem.of("store is open")
              .with("directory", from.directory())
              .with("owner", "pid " + owner.getAsLong())
              .advise("close it there first"));
    }
  }

  private static void requireEmpty(Path directory) {
    try {
      if (Files.exists(directory)) {
        try (Stream<Path> entries = Files.list(directory)) {
          if (entries.findAny().isEmpty()) {
            return;
          }
        }
        throw Problem.of("directory is in use already")
            .with("directory", directory)
            .advise("give one that is empty or not there yet")
            .illegalArgument();
      }
    } catch (IOException e) {
      throw Problem.of("directory cannot be used")
          .with("directory", directory)
          .with("cause", e)
          .advise("give one that is empty or not there yet")
          .illegalArgument();
    }
  }

  private static void requireApart(Path from, Path to) {
    Path source = from.toAbsolutePath().normalize();
    Path target = to.toAbsolutePath().normalize();
    if (source.startsWith(target) || target.startsWith(source)) {
      throw Problem.of("new directory is inside the old one")
          .with("old", from)
          .with("new", to)
          .advise("no byte of the old one is changed: give one elsewhere")
          .illegalArgument();
    }
  }

  /** Its files. */
  StoreFiles files() {
    return files;
  }

  /** Makes the directory, if there is room in it, and takes its lock. */
  StoreLock take(long bytes) {
    try {
      Files.createDirectories(files.directory());
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("store directory cannot be created")
              .with("directory", files.directory())
              .with("cause", e)
              .advise("check that its parent is writable"),
          e);
    }
    long usable = DurableFiles.standard().usableBytes(files.directory()).getAsLong();
    if (usable < bytes + RESERVE_BYTES) {
      throw new OutOfSpaceException(
          Problem.of("not enough space for the new store")
              .with("directory", files.directory())
              .with("usable", usable)
              .with("needed", bytes + RESERVE_BYTES)
              .advise("free some space, or give a directory on another disk"));
    }
    return StoreLock.acquire(files);
  }
}
