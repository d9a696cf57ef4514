package dev.tidemark.engine.blob;

import dev.tidemark.engine.codec.Bytes;

/** Large values that lie nowhere, for what looks at references alone. */
public final class LargeValues {
  private LargeValues() {}

  /** One of the given length, whose root is of bytes that tell it from others. */
  public static LargeValue any(int length) {
    byte[] root = new byte[32];
    root[0] = (byte) length;
    root[31] = 1;
    return new LargeValue(length, Bytes.wrap(root));
  }
}
