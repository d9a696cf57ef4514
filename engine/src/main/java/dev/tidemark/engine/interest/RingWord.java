package dev.tidemark.engine.interest;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;

/**
 * How far a member is with the hand-over of a ring.
 *
 * @param ring of which ring it speaks
 * @param phase how far it is with that one
 * @param closed the ring under which it last gave up writing to keys of others, or {@link
 *     RingId#NONE}
 */
public record RingWord(RingId ring, Phase phase, RingId closed) {
  /** How far; each means all before it. Its place here is its code. */
  public enum Phase {
    /** It does not hold its keys, though it has said so: it has lost them. */
    AWAITING,
    /** It holds its keys. */
    HELD,
    /** It writes to its keys alone. */
    CLOSED,
    /** It has all that others wrote before they closed. */
    DONE
  }

  /** Writes the ring, the phase as a byte, and the ring that was closed for. */
  public void encode(ByteWriter out) {
    ring.encode(out);
    out.u8(phase.ordinal());
    closed.encode(out);
  }

  /** Reads what {@link #encode} wrote. */
  public static RingWord decode(ByteReader in) {
    RingId ring = RingId.decode(in);
    int phase = in.u8();
    if (phase >= Phase.values().length) {
      throw in.malformed("phase of a hand-over is unknown");
    }
    return new RingWord(ring, Phase.values()[phase], RingId.decode(in));
  }
}
