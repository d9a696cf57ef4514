package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.util.List;

/**
 * Makes the log of a new store that begins above position 1, because a state vouches for all that
 * lies below.
 */
public final class LogBeginning {
  private LogBeginning() {}

  /** Makes an empty log whose first commit will have the given position. */
  public static void create(StoreFiles files, byte[] storeId, long firstPosition, DurableFiles disk)
      throws IOException {
    disk.createDirectory(files.log());
    Catalogue empty = new Catalogue(firstPosition, List.of());
    disk.replace(files.catalogue(), CatalogueFile.encode(empty, storeId));
    DurableMark.Reading below = new DurableMark.Reading(1, firstPosition - 1);
    DurableMark.create(files.durableMark(), storeId, below, disk).close();
  }
}
