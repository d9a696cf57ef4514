package dev.tidemark.storage.log;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StorePoisonedException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Blows at the first write that fails, for good: after a failed force the kernel takes unsaved
 * pages for saved, and after a failed append nobody knows what of it is written.
 */
final class Fuse {
  private final Path directory;
  private volatile @Nullable Throwable blownBy;
  private volatile boolean closed;

  /** Something that writes. */
  interface Write<T> {
    /** Does it. */
    T run() throws IOException;
  }

  Fuse(Path directory) {
    this.directory = directory;
  }

  /** Writes; any failure blows the fuse, but a refusal after which everything is as before. */
  <T> T guard(String doing, Write<T> write) {
    try {
      return write.run();
    } catch (StorePoisonedException | OutOfSpaceException unchanged) {
      throw unchanged;
    } catch (Throwable failure) {
      // Also an InternalError, which is how a full or broken disk shows under a mapped file.
      blow(failure);
      throw new StorePoisonedException(
          Problem.of("log cannot be written")
              .with("doing", doing)
              .with("directory", directory)
              .with("cause", failure)
              .advise("check the disk, then close and reopen the store"),
          failure);
    }
  }

  /** Blows it from outside: a fault under a mapped file may show long after the write. */
  synchronized void blow(Throwable failure) {
    if (blownBy == null) {
      // What fails afterwards fails for it.
      blownBy = failure;
    }
  }

  boolean isBlown() {
    return blownBy != null;
  }

  boolean isClosed() {
    return closed;
  }

  void close() {
    closed = true;
  }

  void requireOpen() {
    if (closed) {
      throw Problem.of("log is closed").with("directory", directory).illegalState();
    }
  }

  void requireWhole() {
    requireOpen();
    Throwable cause = blownBy;
    if (cause != null) {
      throw new StorePoisonedException(
          Problem.of("store is poisoned by a failed write")
              .with("directory", directory)
              .with("cause", cause)
              .advise("check the disk, then close and reopen the store"),
          cause);
    }
  }
}
