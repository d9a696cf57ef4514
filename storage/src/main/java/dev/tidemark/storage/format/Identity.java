package dev.tidemark.storage.format;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Who a store is.
 *
 * @param storeId 16 bytes drawn when the directory was created; every file of it carries them
 * @param replicaId whose dots the store makes; changes when dots could otherwise be made twice
 * @param createdMillis when this identity was taken, in milliseconds since 1970
 */
public record Identity(byte[] storeId, long replicaId, long createdMillis) {
  private static final FileKind KIND = FileKind.of("identity", "TMID");

  /** Checks the parts. */
  public Identity {
    ReplicaId.requireValid(replicaId);
    if (storeId.length != SealedFileLayout.STORE_ID_BYTES) {
      throw Problem.of("store id is not 16 bytes").with("bytes", storeId.length).illegalArgument();
    }
    storeId = storeId.clone();
  }

  @Override
  public byte[] storeId() {
    return storeId.clone();
  }

  /** Writes the identity of a store, whole or not at all. */
  public void write(StoreFiles files, DurableFiles disk) {
    try {
      disk.replace(files.identity(), encode());
    } catch (IOException e) {
      throw unusable("identity cannot be written", files, e);
    }
  }

  /** Reads the identity of a store; empty if it has none yet. */
  public static Optional<Identity> read(StoreFiles files) {
    try {
      byte[] bytes = Files.readAllBytes(files.identity());
      SealedFile file = SealedFile.open(KIND, files.identity(), bytes, null);
      ByteReader in = file.content();
      Identity identity = new Identity(file.storeId(), in.i64(), in.i64());
      in.expectEnd();
      return Optional.of(identity);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unusable("identity cannot be read", files, e);
    }
  }

  byte[] encode() {
    return SealedFile.seal(KIND, storeId, new ByteWriter().i64(replicaId).i64(createdMillis));
  }

  private static StoreUnusableException unusable(String title, StoreFiles files, IOException e) {
    return new StoreUnusableException(
        Problem.of(title).with("file", files.identity()).with("cause", e), e);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Identity that
        && Arrays.equals(storeId, that.storeId)
        && replicaId == that.replicaId
        && createdMillis == that.createdMillis;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(storeId) * 31 + Long.hashCode(replicaId);
  }

  @Override
  public String toString() {
    return "Identity[store="
        + HexFormat.of().formatHex(storeId)
        + ", replica="
        + ReplicaId.format(replicaId)
        + ", created="
        + createdMillis
        + "]";
  }
}
