package dev.tidemark.storage.state;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;

/**
 * Below what this state has forgotten: tombstones at or before the horizon that everyone in the
 * vector has seen.
 *
 * <pre>
 *   horizon   u64 LE    stamp
 *   seen      version vector
 * </pre>
 *
 * @param horizon the newest stamp that may be forgotten
 * @param seen what was stable when it was forgotten
 */
public record Floor(long horizon, VersionVector seen) {
  /** Nothing is forgotten. */
  public static final Floor NONE = new Floor(0, VersionVector.EMPTY);

  /** Its bytes. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter(32).i64(horizon);
    seen.encode(out);
    return out.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static Floor decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    Floor floor = new Floor(in.i64(), VersionVector.decode(in));
    in.expectEnd();
    return floor;
  }
}
