package dev.tidemark.storage.conflict;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a store's conflict journal holds, read without a byte being written, also while the store is
 * open.
 *
 * @param count how many the store has counted, those included that the journal has let go of
 * @param conflicts those that it holds, newest first
 * @param isDamaged whether some of it could not be read. Of a store that is open that may be the
 *     record being written
 */
public record ConflictHistory(long count, List<Conflict> conflicts, boolean isDamaged) {
  /**
   * Reads the journal of a directory.
   *
   * @throws StoreUnusableException if there is no store
   */
  public static ConflictHistory read(Path directory) {
    StoreFiles files = new StoreFiles(directory);
    Identity identity =
        Identity.read(files)
            .orElseThrow(
                () ->
                    new StoreUnusableException(
                        Problem.of("there is no store")
                            .with("directory", directory)
                            .advise("check the path")));
    try {
      ConflictFile before = ConflictFile.read(files.conflictsBefore(), identity.storeId());
      ConflictFile current = ConflictFile.read(files.conflicts(), identity.storeId());
      List<Conflict> newestFirst = new ArrayList<>();
      before.records().forEach(item -> newestFirst.add(0, item.conflict()));
      current.records().forEach(item -> newestFirst.add(0, item.conflict()));
      long count = newestFirst.isEmpty() ? 0 : newestFirst.get(0).number();
      return new ConflictHistory(
          count, List.copyOf(newestFirst), before.isTorn() || current.isTorn());
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("conflict journal cannot be read")
              .with("file", files.conflicts())
              .with("cause", e),
          e);
    }
  }
}
