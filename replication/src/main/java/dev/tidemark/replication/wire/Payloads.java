package dev.tidemark.replication.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Payload;
import dev.tidemark.storage.blob.Compression;
import java.util.Arrays;

/** Packs bytes into payloads and, within {@link Bounds}, out of them. */
public final class Payloads {
  /** Below it a frame costs more than its bytes. */
  private static final int WORTHWHILE_BYTES = 1 << 10;

  private Payloads() {}

  /** Packs; the array is not used afterwards. */
  public static Payload pack(byte[] plain, int length) {
    Payload.Builder payload = Payload.newBuilder().setPlainSize(length);
    if (length >= WORTHWHILE_BYTES) {
      byte[] packed = new byte[length];
      int size = Compression.compress(plain, length, packed);
      if (size > 0) {
        // Copied to its size: what waits to be sent should not hold the whole buffer.
        return payload
            .setCompression(Payload.Compression.ZSTD)
            .setBytes(UnsafeByteOperations.unsafeWrap(Arrays.copyOf(packed, size)))
            .build();
      }
    }
    return payload.setBytes(ByteString.copyFrom(plain, 0, length)).build();
  }

  /**
   * The plain bytes. The size is held to its bound before anything is made room for, and what
   * decompresses to more is not decompressed further.
   */
  public static byte[] unpack(Payload payload) {
    int size = payload.getPlainSize();
    if (size < 0 || size > Bounds.PLAIN_BYTES) {
      throw new SessionEndedException(
          Reason.OVERSIZE_PAYLOAD,
          Problem.of("payload is too large")
              .with("bytes", Integer.toUnsignedString(size))
              .with("limit", Bounds.PLAIN_BYTES));
    }
    byte[] bytes = payload.getBytes().toByteArray();
    switch (payload.getCompression()) {
      case NONE -> {
        if (bytes.length != size) {
          throw otherSize(size);
        }
        return bytes;
      }
      case ZSTD -> {
        byte[] plain = new byte[size];
        if (!Compression.decompress(bytes, 0, bytes.length, plain, size)) {
          throw otherSize(size);
        }
        return plain;
      }
      default ->
          throw new SessionEndedException(
              Reason.MALFORMED_FRAME,
              Problem.of("payload is compressed in an unknown way")
                  .with("compression", payload.getCompressionValue()));
    }
  }

  private static SessionEndedException otherSize(int size) {
    return new SessionEndedException(
        Reason.OVERSIZE_PAYLOAD,
        Problem.of("payload is not what its size says").with("bytes", size));
  }
}
