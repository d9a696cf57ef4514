package dev.tidemark.storage.state;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Whose state it is.
 *
 * @param storeId the store's 16 bytes
 * @param replicaId under which the store made operations when it opened the state last
 */
public record Owner(byte[] storeId, long replicaId) {
  /** Refuses the state of another store: its positions are those of another log. */
  public void requireStore(Path directory, byte[] expectedStoreId) {
    if (!Arrays.equals(storeId, expectedStoreId)) {
      throw new StoreUnusableException(
          Problem.of("state belongs to another store")
              .with("directory", directory)
              .with("store", HexFormat.of().formatHex(expectedStoreId))
              .with("owner", HexFormat.of().formatHex(storeId))
              .advise("move it away: it is then built anew from the log"));
    }
  }
}
