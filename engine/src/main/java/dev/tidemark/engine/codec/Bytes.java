package dev.tidemark.engine.codec;

import dev.tidemark.error.Problem;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable byte string ordered by unsigned bytes, which for UTF-8 is the order of code points.
 * The wrapped array is shared with whoever made it and must not be changed afterwards.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes at all. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;
  private int hash;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** Wraps an array that nobody will change any more. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** The UTF-8 bytes of a text; a text with a lone surrogate has none and is refused. */
  public static Bytes utf8(String text) {
    // Several times as fast as an encoder; it writes a question mark where there is no character.
    byte[] fast = text.getBytes(StandardCharsets.UTF_8);
    return hasQuestionMark(fast) ? strictUtf8(text) : wrap(fast);
  }

  private static boolean hasQuestionMark(byte[] bytes) {
    for (byte b : bytes) {
      if (b == '?') {
        return true;
      }
    }
    return false;
  }

  private static Bytes strictUtf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return wrap(bytes);
    } catch (CharacterCodingException e) {
      throw Problem.of("text is not Unicode")
          .with("text", text)
          .advise("remove the unpaired surrogate")
          .illegalArgument();
    }
  }

  /** The wrapped array itself: read it, do not change it. */
  public byte[] array() {
    return array;
  }

  /** How many bytes. */
  public int length() {
    return array.length;
  }

  /** The bytes as UTF-8 text; anything that is not UTF-8 becomes the replacement character. */
  public String toUtf8() {
    return new String(array, StandardCharsets.UTF_8);
  }

  /** Whether the bytes decode as UTF-8 exactly. */
  public boolean isUtf8() {
    if (isAscii()) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(array));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private boolean isAscii() {
    for (byte b : array) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether these bytes begin with the given ones. */
  public boolean startsWith(Bytes prefix) {
    int n = prefix.array.length;
    return n <= array.length && Arrays.equals(array, 0, n, prefix.array, 0, n);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(array, other.array);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(array, that.array);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(array);
      hash = h;
    }
    return h;
  }

  @Override
  public String toString() {
    return Problem.printable(array);
  }
}
