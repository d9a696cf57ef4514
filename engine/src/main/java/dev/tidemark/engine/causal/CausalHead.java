package dev.tidemark.engine.causal;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;

/**
 * The head of every causal type: what is known, what is overridden wholesale, and the root cell,
 * which is all there is of a register or a flag.
 *
 * <pre>
 *   context, kills, root cell
 * </pre>
 */
record CausalHead(Context context, Kills kills, DotCell root) {
  private static final CausalHead NOTHING =
      new CausalHead(Context.NOTHING, Kills.NONE, DotCell.EMPTY);
  private static final byte[] NO_BYTES = new byte[0];

  /** The head of a state that nothing was joined into. */
  static final CausalHead NEW_STATE = new CausalHead(Context.NEW_STATE, Kills.NONE, DotCell.EMPTY);

  static CausalHead decode(byte[] head) {
    if (head.length == 0) {
      return NOTHING;
    }
    ByteReader in = new ByteReader(head);
    CausalHead decoded = new CausalHead(Context.decode(in), Kills.decode(in), DotCell.decode(in));
    in.expectEnd();
    return decoded;
  }

  private boolean isNothing() {
    return !context.isState() && context.isEmpty() && kills.isEmpty() && root.isEmpty();
  }

  byte[] encode() {
    if (isNothing()) {
      return NO_BYTES;
    }
    ByteWriter out = new ByteWriter(64);
    context.encode(out);
    kills.encode(out);
    root.encode(out);
    return out.toByteArray();
  }
}
