package dev.tidemark.engine.stability;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;

/**
 * Below what a state has forgotten. All that is stamped at or before the horizon, and all that the
 * vector has seen, was joined into the state once: what of it is not held any more is overridden.
 *
 * <pre>
 *   horizon   u64 LE    stamp
 *   seen      version vector
 * </pre>
 *
 * @param horizon no operation stamped at or before it is still to come
 * @param seen what everyone has seen
 */
public record Floor(long horizon, VersionVector seen) {
  /** Nothing is forgotten. */
  public static final Floor NONE = new Floor(0, VersionVector.EMPTY);

  /** Whether nothing is forgotten. */
  public boolean isNone() {
    return horizon == 0 && seen.isEmpty();
  }

  /** Whether a write of this version was joined before, if only to lose. */
  public boolean covers(Version version) {
    return version.stamp() <= horizon;
  }

  /** The higher of both. */
  public Floor join(Floor other) {
    return new Floor(Math.max(horizon, other.horizon), seen.join(other.seen));
  }

  /** The bytes. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter(32).i64(horizon);
    seen.encode(out);
    return out.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static Floor decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    Floor floor = decode(in);
    in.expectEnd();
    return floor;
  }

  /** Reads it from among others. */
  public static Floor decode(ByteReader in) {
    return new Floor(in.i64(), VersionVector.decode(in));
  }
}
