package dev.tidemark.storage.snapshot;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.SnapshotFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A finished snapshot, by its manifest; whether its files are what that says is for {@link
 * SnapshotCheck} to find out.
 *
 * @param files where it is
 * @param manifest what it is of
 */
public record Snapshot(SnapshotFiles files, Manifest manifest) {
  /**
   * Reads the manifest of a directory.
   *
   * @throws StoreUnusableException if it is no snapshot, or one that was not finished
   * @throws DamagedException if the manifest is damaged
   */
  public static Snapshot read(Path directory) {
    SnapshotFiles files = new SnapshotFiles(directory);
    if (SnapshotFiles.isUnfinished(directory)) {
      throw none(directory, "its name says that it was not finished");
    }
    try {
      byte[] bytes = Files.readAllBytes(files.manifest());
      return new Snapshot(files, Manifest.decode(files.manifest(), bytes));
    } catch (NoSuchFileException e) {
      throw none(directory, files.manifest().getFileName() + " is missing");
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  /** Its directory. */
  public Path directory() {
    return files.directory();
  }

  /** The log position up to which it holds what the log does. */
  public long position() {
    return manifest.position();
  }

  private static StoreUnusableException none(Path directory, String why) {
    return new StoreUnusableException(
        Problem.of("directory is not a snapshot")
            .with("directory", directory)
            .with("because", why)
            .advise(
                "give one of those that `tidemark snapshot DIR --list` names, or a copy of it"));
  }

  static StoreUnusableException unreadable(Path directory, IOException e) {
    return new StoreUnusableException(
        Problem.of("snapshot cannot be read")
            .with("directory", directory)
            .with("cause", e)
            .advise("check the disk and the permissions"),
        e);
  }
}
