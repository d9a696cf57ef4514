package dev.tidemark.storage.checkpoint;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.snapshot.Manifest;
import java.util.HexFormat;

/**
 * What a member says of the snapshot that it gives to a checkpoint.
 *
 * @param member whose operations the store made
 * @param storeId the store, in 16 bytes
 * @param snapshot the snapshot's own number
 * @param position its log position
 * @param vector how many operations of each replica it holds
 * @param floor below what it has forgotten
 * @param root the hash of all that it holds
 */
public record Submission(
    long member,
    Bytes storeId,
    long snapshot,
    long position,
    VersionVector vector,
    Floor floor,
    Bytes root) {
  static final int MIN_BYTES = 3 * Long.BYTES + 16 + 32;

  private static final int STORE_ID_BYTES = 16;
  private static final int ROOT_BYTES = 32;

  /** What the manifest of a snapshot says. */
  public static Submission of(Manifest manifest) {
    return new Submission(
        manifest.replicaId(),
        Bytes.wrap(manifest.storeId()),
        manifest.id(),
        manifest.position(),
        manifest.vector(),
        manifest.floor(),
        manifest.roots().combined());
  }

  /** Whether two that hold different things cannot both be right. */
  boolean isOfSameOperationsAs(Submission other) {
    return vector.equals(other.vector) && floor.equals(other.floor);
  }

  /** What the hash of a member binds: all but where the snapshot is found. */
  void encodeContent(ByteWriter out) {
    out.i64(member).raw(storeId.array());
    vector.encode(out);
    out.bytes(floor.encode()).raw(root.array());
  }

  void encode(ByteWriter out) {
    out.i64(snapshot).i64(position);
    encodeContent(out);
  }

  static Submission decode(ByteReader in) {
    long snapshot = in.i64();
    long position = in.i64();
    long member = in.i64();
    Bytes storeId = Bytes.wrap(in.raw(STORE_ID_BYTES));
    VersionVector vector = VersionVector.decode(in);
    Floor floor = Floor.decode(in.bytes("floor", Limits.MAX_COMMIT_BYTES));
    return new Submission(
        member, storeId, snapshot, position, vector, floor, Bytes.wrap(in.raw(ROOT_BYTES)));
  }

  /** The root, in hexadecimal. */
  public String rootText() {
    return HexFormat.of().formatHex(root.array());
  }

  @Override
  public String toString() {
    return "replica "
        + ReplicaId.format(member)
        + ", snapshot "
        + HexFormat.of().toHexDigits(snapshot)
        + " of position "
        + position
        + ", seen "
        + vector
        + ", root "
        + rootText();
  }
}
