package dev.tidemark.replication.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.OriginCoverage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/** Frames and what is in them, from and to bytes. What cannot be read ends the session by name. */
public final class Frames {
  /** The field crc, number 15, of four bytes. */
  private static final byte SEAL_TAG = 15 << 3 | 5;

  private static final int SEAL_BYTES = 5;

  private Frames() {}

  /**
   * A frame's bytes, and behind them, as the field that the protocol has for it, their CRC32C.
   *
   * @param number how many frames its sender has sent in the session before: the checksum is over
   *     it too, and it is not sent
   */
  public static byte[] seal(Frame frame, long number) {
    int size = frame.getSerializedSize();
    byte[] sealed = new byte[size + SEAL_BYTES];
    try {
      frame.writeTo(CodedOutputStream.newInstance(sealed, 0, size));
    } catch (IOException e) {
      throw Problem.of("frame does not have the size that it says").broken();
    }
    sealInPlace(sealed, number);
    return sealed;
  }

  /** The same of bytes that are a frame's. */
  public static byte[] seal(byte[] frame, long number) {
    byte[] sealed = Arrays.copyOf(frame, frame.length + SEAL_BYTES);
    sealInPlace(sealed, number);
    return sealed;
  }

  private static void sealInPlace(byte[] sealed, long number) {
    int size = sealed.length - SEAL_BYTES;
    ByteBuffer.wrap(sealed)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(size)
        .put(SEAL_TAG)
        .putInt(crc(sealed, size, number));
  }

  private static int crc(byte[] bytes, int length, long number) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    crc.update(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, number));
    return (int) crc.getValue();
  }

  private static boolean isNext(byte[] bytes, long number) {
    int size = bytes.length - SEAL_BYTES;
    return size >= 0
        && bytes[size] == SEAL_TAG
        && ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(size + 1)
            == crc(bytes, size, number);
  }

  /**
   * Reads a frame of at most so many bytes. One that was changed on the way is not acted on: a
   * position or a vector with another bit would have this end leave out what the peer lacks. Nor is
   * one that comes twice, or behind one that did not come.
   *
   * @param number how many frames came in the session before
   */
  public static Frame read(byte[] bytes, int limit, long number) {
    if (bytes.length > limit) {
      throw new SessionEndedException(
          Reason.OVERSIZE_FRAME,
          Problem.of("frame is too large").with("bytes", bytes.length).with("limit", limit));
    }
    if (!isNext(bytes, number)) {
      throw new SessionEndedException(
          Reason.MALFORMED_FRAME,
          Problem.of("frame is not as it was sent, or not the next")
              .with("number", number)
              .with("bytes", bytes.length));
    }
    try {
      FieldCount.check(bytes, Frame.getDescriptor());
      // Fields refer to the array: the receiver of a frame has no other use for it.
      CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      in.enableAliasing(true);
      Frame frame = Frame.parseFrom(in);
      in.checkLastTagWas(0);
      return frame;
    } catch (InvalidProtocolBufferException e) {
      throw malformed(e);
    } catch (IOException e) {
      throw new AssertionError("an array has no errors", e);
    }
  }

  /** A vector's bytes. */
  public static ByteString bytes(VersionVector vector) {
    ByteWriter out = new ByteWriter();
    vector.encode(out);
    return ByteString.copyFrom(out.buffer(), 0, out.length());
  }

  /** A vector from its bytes. */
  public static VersionVector vector(ByteString bytes) {
    VersionVector vector = whole(bytes, VersionVector::decode);
    requireFew(vector.size());
    return vector;
  }

  /** Two vectors of a peer as one. It has seen no more replicas than a store takes. */
  public static VersionVector join(VersionVector vector, VersionVector more) {
    VersionVector joined = vector.join(more);
    requireFew(joined.size());
    return joined;
  }

  private static void requireFew(int replicas) {
    if (replicas > Bounds.REPLICAS) {
      throw new SessionEndedException(
          Reason.MALFORMED_FRAME,
          Problem.of("peer names too many replicas")
              .with("replicas", replicas)
              .with("limit", Bounds.REPLICAS));
    }
  }

  /** Replica ids' bytes: 8 of each, little-endian. */
  public static ByteString ids(Collection<Long> replicas) {
    ByteWriter out = new ByteWriter(Long.BYTES * replicas.size());
    replicas.forEach(out::i64);
    return ByteString.copyFrom(out.buffer(), 0, out.length());
  }

  /** Replica ids from their bytes. */
  public static Set<Long> ids(ByteString bytes) {
    requireFew(bytes.size() / Long.BYTES);
    return checked(
        () -> {
          ByteReader in = new ByteReader(bytes.toByteArray());
          Set<Long> replicas = new HashSet<>();
          while (in.remaining() > 0) {
            replicas.add(in.i64());
          }
          return replicas;
        });
  }

  /** A coverage's bytes. */
  public static ByteString bytes(List<OriginCoverage> coverage) {
    ByteWriter out = new ByteWriter();
    Coverage.encode(coverage, out);
    return ByteString.copyFrom(out.buffer(), 0, out.length());
  }

  /** A coverage from its bytes. */
  public static List<OriginCoverage> coverage(ByteString bytes) {
    List<OriginCoverage> coverage = whole(bytes, Coverage::decode);
    requireFew(coverage.size());
    return coverage;
  }

  /** A floor's bytes; none for none. */
  public static ByteString bytes(Floor floor) {
    return floor.isNone() ? ByteString.EMPTY : ByteString.copyFrom(floor.encode());
  }

  /** A floor from its bytes. */
  public static Floor floor(ByteString bytes) {
    return bytes.isEmpty() ? Floor.NONE : whole(bytes, Floor::decode);
  }

  /** An interest's bytes; none for all. */
  public static ByteString bytes(Interest interest) {
    if (interest.isAll()) {
      return ByteString.EMPTY;
    }
    ByteWriter out = new ByteWriter();
    interest.encode(out);
    return ByteString.copyFrom(out.buffer(), 0, out.length());
  }

  /** An interest from its bytes. */
  public static Interest interest(ByteString bytes) {
    return bytes.isEmpty() ? Interest.ALL : whole(bytes, Interest::decode);
  }

  private interface Decoder<T> {
    T decode(ByteReader in);
  }

  private static <T> T whole(ByteString bytes, Decoder<T> decoder) {
    return checked(
        () -> {
          ByteReader in = new ByteReader(bytes.toByteArray());
          T decoded = decoder.decode(in);
          in.expectEnd();
          return decoded;
        });
  }

  /** Decodes what a peer sent. */
  public static <T> T checked(Supplier<T> decoding) {
    try {
      return decoding.get();
    } catch (MalformedException e) {
      throw malformed(e);
    }
  }

  private static SessionEndedException malformed(Exception e) {
    return new SessionEndedException(
        Reason.MALFORMED_FRAME,
        Problem.of("frame is malformed").with("cause", String.valueOf(e.getMessage())),
        e);
  }

  /** A text of the peer, its length bounded and without control characters. */
  public static String text(String theirs) {
    return Problem.printable(
        theirs.length() > Bounds.TEXT_CHARS ? theirs.substring(0, Bounds.TEXT_CHARS) : theirs);
  }
}
