package dev.tidemark.storage.file;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a full disk, which is waited out, from a broken one, which is not. */
public final class DiskFull {
  /** Less than any file system leaves usable while it still takes a file. */
  private static final long NOTHING_BYTES = 4096;

  private DiskFull() {}

  /** Whether an operation below a directory failed because the disk, or a quota, is used up. */
  public static boolean isCauseOf(IOException failure, Path directory) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("No space left on device")
        || message.contains("Disk quota exceeded")
        || hasNothingLeft(directory);
  }

  /** The failure itself, unless a full disk is its cause, which is thrown. */
  public static IOException unless(IOException failure, Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && isCauseOf(failure, parent)) {
      throw exception(file, failure);
    }
    return failure;
  }

  /** The JDK has the system's words alone, and a system may have them in another language. */
  private static boolean hasNothingLeft(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace() < NOTHING_BYTES;
    } catch (IOException unknown) {
      return false;
    }
  }

  /** Says which file could not be written; for operations that leave everything as it was. */
  public static OutOfSpaceException exception(Path file, Object cause) {
    Problem problem =
        Problem.of("disk is full")
            .with("file", file)
            .with("cause", cause)
            .advise("free some space; nothing is lost, and writing goes on by itself");
    return new OutOfSpaceException(problem, cause instanceof Throwable thrown ? thrown : null);
  }
}
