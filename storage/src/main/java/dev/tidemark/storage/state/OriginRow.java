package dev.tidemark.storage.state;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;

/**
 * What is folded of one replica's operations.
 *
 * <pre>
 *   sequence     varint
 *   last stamp   u64 LE
 *   chain        u64 LE
 *   known        version vector
 * </pre>
 *
 * @param sequence its newest operation that is folded
 * @param lastStamp the stamp of that operation
 * @param chain its {@link dev.tidemark.engine.commit.ChainHash} up to there
 * @param known what it had seen of others by then
 */
public record OriginRow(long sequence, long lastStamp, long chain, VersionVector known) {
  /** Its bytes. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter(64).varint(sequence).i64(lastStamp).i64(chain);
    known.encode(out);
    return out.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static OriginRow decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    OriginRow row = new OriginRow(in.varint(), in.i64(), in.i64(), VersionVector.decode(in));
    in.expectEnd();
    return row;
  }
}
