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
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Who a store is.
 *
 * @param storeId 16 bytes drawn when the directory was created; every file of it carries them
 * @param replicaId whose dots the store makes; changes when dots could otherwise be made twice
 * @param createdMillis when this identity was taken, in milliseconds since 1970
 * @param finished whether the first open got as far as a log and a state; if not, both may be
 *     missing and nothing is lost
 * @param place where the directory was when this identity was taken
 * @param formerReplicaIds whose dots it made before, oldest first
 */
public record Identity(
    byte[] storeId,
    long replicaId,
    long createdMillis,
    boolean finished,
    Place place,
    List<Long> formerReplicaIds) {
  /** Version 1 did not say where the directory is: a copy of it cannot be told. */
  private static final FileKind KIND = FileKind.of("identity", "TMID", 2);

  /** Checks the parts. */
  public Identity {
    ReplicaId.requireValid(replicaId);
    if (storeId.length != SealedFileLayout.STORE_ID_BYTES) {
      throw Problem.of("store id is not 16 bytes").with("bytes", storeId.length).illegalArgument();
    }
    storeId = storeId.clone();
    formerReplicaIds = List.copyOf(formerReplicaIds);
  }

  /** An id for a store that is being made. */
  public static byte[] drawStoreId() {
    byte[] id = new byte[SealedFileLayout.STORE_ID_BYTES];
    new SecureRandom().nextBytes(id);
    return id;
  }

  /** An id for a replica, so long that nobody draws the same. */
  public static long drawReplicaId() {
    SecureRandom random = new SecureRandom();
    long id = 0;
    while (id == 0) {
      id = random.nextLong();
    }
    return id;
  }

  /** The identity of a directory that is being made into a store. */
  public static Identity first(byte[] storeId, long replicaId, long nowMillis, Place place) {
    return new Identity(storeId, replicaId, nowMillis, false, place, List.of());
  }

  /** The same, once there is a log and a state. */
  public Identity finish() {
    return new Identity(storeId, replicaId, createdMillis, true, place, formerReplicaIds);
  }

  /** The store under another replica id, at the place where it is now. */
  public Identity reborn(long newReplicaId, long nowMillis, Place newPlace) {
    List<Long> former = new ArrayList<>(formerReplicaIds);
    former.add(replicaId);
    return new Identity(storeId, newReplicaId, nowMillis, finished, newPlace, former);
  }

  /** Whether it makes, or once made, the dots of a replica. */
  public boolean isOrWas(long replica) {
    return replica == replicaId || formerReplicaIds.contains(replica);
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
      Identity identity = decode(file.storeId(), in);
      in.expectEnd();
      return Optional.of(identity);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unusable("identity cannot be read", files, e);
    }
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter().i64(replicaId).i64(createdMillis).u8(finished ? 1 : 0);
    place.encode(out);
    out.varint(formerReplicaIds.size());
    formerReplicaIds.forEach(out::i64);
    return SealedFile.seal(KIND, storeId, out);
  }

  private static Identity decode(byte[] storeId, ByteReader in) {
    long replicaId = in.i64();
    long createdMillis = in.i64();
    boolean finished = in.u8() != 0;
    Place place = Place.decode(in);
    int count = in.items("former replica ids", Long.BYTES);
    List<Long> former = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      former.add(in.i64());
    }
    return new Identity(storeId, replicaId, createdMillis, finished, place, former);
  }

  private static StoreUnusableException unusable(String title, StoreFiles files, IOException e) {
    return new StoreUnusableException(
        Problem.of(title).with("file", files.identity()).with("cause", e), e);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Identity that && Arrays.equals(encode(), that.encode());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encode());
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
