package dev.tidemark.engine.codec;

import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * How a user's type becomes the bytes that are stored. Two values are the same element, field or
 * value exactly when their bytes are equal, so a codec must be a function: equal values, equal
 * bytes.
 *
 * @param <T> the user's type
 */
public interface Codec<T> {
  /** The bytes of a value. */
  byte[] encode(T value);

  /**
   * The value of bytes that may have come from a peer.
   *
   * @throws MalformedException if they are not the bytes of any value
   */
  T decode(byte[] bytes);

  /** Text as UTF-8; sorts by code point. */
  static Codec<String> utf8() {
    return Utf8Codec.INSTANCE;
  }

  /** A {@code long} in 8 bytes that sort in numeric order. */
  static Codec<Long> int64() {
    return Int64Codec.INSTANCE;
  }

  /** Bytes as they are. */
  static Codec<byte[]> bytes() {
    return RawCodec.INSTANCE;
  }

  /** See {@link #utf8()}. */
  enum Utf8Codec implements Codec<String> {
    /** The only one. */
    INSTANCE;

    @Override
    public byte[] encode(String value) {
      return Bytes.utf8(value).array();
    }

    @Override
    public String decode(byte[] bytes) {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        throw new MalformedException(
            Problem.of("stored bytes are not UTF-8")
                .with("bytes", bytes.length)
                .advise("read the value with the codec that wrote it"),
            e);
      }
    }
  }

  /** See {@link #int64()}. */
  enum Int64Codec implements Codec<Long> {
    /** The only one. */
    INSTANCE;

    @Override
    public byte[] encode(Long value) {
      return new ByteWriter(16).i64BigEndian(value ^ Long.MIN_VALUE).toByteArray();
    }

    @Override
    public Long decode(byte[] bytes) {
      if (bytes.length != Long.BYTES) {
        throw new MalformedException(
            Problem.of("stored bytes are not a 64-bit number")
                .with("bytes", bytes.length)
                .advise("read the value with the codec that wrote it"));
      }
      return new ByteReader(bytes).i64BigEndian() ^ Long.MIN_VALUE;
    }
  }

  /** See {@link #bytes()}. */
  enum RawCodec implements Codec<byte[]> {
    /** The only one. */
    INSTANCE;

    @Override
    public byte[] encode(byte[] value) {
      return value.clone();
    }

    @Override
    public byte[] decode(byte[] bytes) {
      return bytes.clone();
    }
  }
}
