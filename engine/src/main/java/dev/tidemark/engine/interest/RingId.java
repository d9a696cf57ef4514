package dev.tidemark.engine.interest;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;

/**
 * Which ring it is: of two that were announced at once under one epoch one is the greater, for all
 * stores alike.
 *
 * @param epoch the ring's; 0 for none
 * @param digest the hash of its bytes: see {@link KeyHash}
 */
public record RingId(long epoch, long digest) implements Comparable<RingId> {
  /** No ring: before any. */
  public static final RingId NONE = new RingId(0, 0);

  /** That of a ring. */
  public static RingId of(Ring ring) {
    ByteWriter bytes = new ByteWriter(64);
    ring.encode(bytes);
    return new RingId(ring.epoch(), KeyHash.of(Bytes.wrap(bytes.toByteArray())));
  }

  /** Writes both numbers. */
  public void encode(ByteWriter out) {
    out.i64(epoch).i64(digest);
  }

  /** Reads what {@link #encode} wrote. */
  public static RingId decode(ByteReader in) {
    return new RingId(in.i64(), in.i64());
  }

  @Override
  public int compareTo(RingId other) {
    int order = Long.compare(epoch, other.epoch);
    return order != 0 ? order : Long.compareUnsigned(digest, other.digest);
  }

  @Override
  public String toString() {
    return "%d/%016x".formatted(epoch, digest);
  }
}
