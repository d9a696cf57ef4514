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
  /** How far; each means all before it. */
  public enum Phase {
    /** It does not hold its keys, though it has said so: it has lost them. */
    AWAITING(0),
    /** It holds its keys. */
    HELD(1),
    /** It writes to its keys alone. */
    CLOSED(2),
    /** It has all that others wrote before they closed. */
    DONE(3),
    /** It knows that all have, and holds its keys alone: who leaves may go when all others know. */
    SETTLED(4);

    private final int code;

    Phase(int code) {
      this.code = code;
    }

    private static Phase read(ByteReader in) {
      int code = in.u8();
      for (Phase phase : values()) {
        if (phase.code == code) {
          return phase;
        }
      }
      throw in.malformed("phase of a hand-over is unknown");
    }
  }

  /** Writes the ring, the phase as a byte, and the ring that was closed for. */
  public void encode(ByteWriter out) {
    ring.encode(out);
    out.u8(phase.code);
    closed.encode(out);
  }

  /** Reads what {@link #encode} wrote. */
  public static RingWord decode(ByteReader in) {
    RingId ring = RingId.decode(in);
    Phase phase = Phase.read(in);
    return new RingWord(ring, phase, RingId.decode(in));
  }
}
