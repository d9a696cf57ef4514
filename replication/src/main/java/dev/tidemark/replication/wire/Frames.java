package dev.tidemark.replication.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.OriginCoverage;
import java.util.List;
import java.util.function.Supplier;

/** Frames and what is in them, from and to bytes. What cannot be read ends the session by name. */
public final class Frames {
  private Frames() {}

  /** Reads a frame of at most so many bytes. */
  public static Frame read(byte[] bytes, int limit) {
    if (bytes.length > limit) {
      throw new SessionEndedException(
          Reason.OVERSIZE_FRAME,
          Problem.of("frame is too large").with("bytes", bytes.length).with("limit", limit));
    }
    try {
      return Frame.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw malformed(e);
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
    return whole(bytes, VersionVector::decode);
  }

  /** A coverage's bytes. */
  public static ByteString bytes(List<OriginCoverage> coverage) {
    ByteWriter out = new ByteWriter();
    Coverage.encode(coverage, out);
    return ByteString.copyFrom(out.buffer(), 0, out.length());
  }

  /** A coverage from its bytes. */
  public static List<OriginCoverage> coverage(ByteString bytes) {
    return whole(bytes, Coverage::decode);
  }

  /** A floor's bytes; none for none. */
  public static ByteString bytes(Floor floor) {
    return floor.isNone() ? ByteString.EMPTY : ByteString.copyFrom(floor.encode());
  }

  /** A floor from its bytes. */
  public static Floor floor(ByteString bytes) {
    return bytes.isEmpty() ? Floor.NONE : whole(bytes, Floor::decode);
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
