package dev.tidemark.storage.format;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Copies of stores that stand for the store itself. */
public final class Settled {
  private Settled() {}

  /**
   * Lets the identity name the place where the directory is: that it is a copy is not the point.
   */
  public static void settle(Path directory) {
    StoreFiles files = new StoreFiles(directory);
    Identity identity = Identity.read(files).orElseThrow();
    try {
      new Identity(
              identity.storeId(),
              identity.replicaId(),
              identity.createdMillis(),
              identity.finished(),
              Place.of(directory),
              identity.formerReplicaIds())
          .write(files, DurableFiles.standard());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
