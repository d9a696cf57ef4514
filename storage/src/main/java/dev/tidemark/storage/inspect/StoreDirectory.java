package dev.tidemark.storage.inspect;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.snapshot.DecidedRestore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the store of a directory, or says why there is none. */
public final class StoreDirectory {
  private StoreDirectory() {}

  /** Whether there is a store. */
  public static boolean holdsStore(Path directory) {
    StoreFiles files = new StoreFiles(directory);
    return Files.exists(files.identity()) || DecidedRestore.isThere(files);
  }

  /** Whether there is a store, or what is left of one. */
  static boolean holdsPartOfStore(StoreFiles files) {
    return Files.exists(files.identity())
        || Files.exists(files.log())
        || Files.exists(files.state())
        || Files.exists(files.durableMark());
  }

  /** The files of an existing store. */
  public static StoreFiles files(Path directory) {
    StoreFiles files = new StoreFiles(directory);
    if (!Files.isDirectory(directory)) {
      throw new StoreUnusableException(
          Problem.of("store directory is missing")
              .with("directory", directory)
              .advise("check the path"));
    }
    return files;
  }

  /** Who the store of a directory is. */
  public static Identity identity(StoreFiles files) {
    if (DecidedRestore.isThere(files)) {
      throw new StoreUnusableException(
          Problem.of("restore has not come to its end")
              .with("directory", files.directory())
              .advise("run `tidemark recover`, or open the store: it is carried out"));
    }
    return Identity.read(files)
        .orElseThrow(
            () ->
                new StoreUnusableException(
                    Problem.of("directory is not a store")
                        .with("directory", files.directory())
                        .with("missing", files.identity().getFileName())
                        .advise("check the path")));
  }
}
