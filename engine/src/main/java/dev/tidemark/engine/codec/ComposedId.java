package dev.tidemark.engine.codec;

import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.util.Arrays;

/**
 * Two byte strings as one that sorts by the first, then by the second: each zero byte of the first
 * becomes {@code 00 FF}, then {@code 00 01} ends it, then the second follows as it is.
 */
public record ComposedId(Bytes first, Bytes second) {
  private static final byte ESCAPE = 0;
  private static final byte ESCAPED_ZERO = (byte) 0xff;
  private static final byte END = 1;

  /** The composed bytes. */
  public Bytes encode() {
    ByteWriter out = new ByteWriter(first.length() + second.length() + 2);
    out.raw(prefix(first).array()).raw(second.array());
    return Bytes.wrap(out.toByteArray());
  }

  /** What all composed ids with this first part begin with, and no other does. */
  public static Bytes prefix(Bytes first) {
    ByteWriter out = new ByteWriter(first.length() + 2);
    for (byte b : first.array()) {
      out.u8(b);
      if (b == ESCAPE) {
        out.u8(ESCAPED_ZERO);
      }
    }
    return Bytes.wrap(out.u8(ESCAPE).u8(END).toByteArray());
  }

  /** Takes composed bytes apart. */
  public static ComposedId decode(Bytes composed) {
    byte[] bytes = composed.array();
    ByteWriter first = new ByteWriter(bytes.length);
    int i = 0;
    while (i + 1 < bytes.length) {
      if (bytes[i] != ESCAPE) {
        first.u8(bytes[i++]);
      } else if (bytes[i + 1] == ESCAPED_ZERO) {
        first.u8(ESCAPE);
        i += 2;
      } else if (bytes[i + 1] == END) {
        Bytes second = Bytes.wrap(Arrays.copyOfRange(bytes, i + 2, bytes.length));
        return new ComposedId(Bytes.wrap(first.toByteArray()), second);
      } else {
        break;
      }
    }
    throw new MalformedException(Problem.of("composed id has no end").with("bytes", bytes.length));
  }
}
