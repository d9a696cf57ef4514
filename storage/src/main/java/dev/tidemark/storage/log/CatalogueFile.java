package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.storage.format.FileKind;
import dev.tidemark.storage.format.SealedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the catalogue, in the common envelope of our files.
 *
 * <pre>
 *   first position i64, segments varint, segment*
 *
 *   segment: number i64, kind u8, first position i64, last position i64, bytes i64, checksum u32,
 *            origins varint, origin*
 *   origin:  replica u64, before varint, after varint, last stamp i64, summary vector,
 *            chain before u64, chain after u64
 * </pre>
 */
final class CatalogueFile {
  private static final FileKind KIND = FileKind.of("catalogue", "TMCT");
  private static final int MIN_SEGMENT_BYTES = 38;
  private static final int MIN_ORIGIN_BYTES = 35;

  /** A catalogue and the store it belongs to. */
  record Read(byte[] storeId, Catalogue catalogue) {}

  private CatalogueFile() {}

  static byte[] encode(Catalogue catalogue, byte[] storeId) {
    ByteWriter out = new ByteWriter();
    out.i64(catalogue.firstPosition()).varint(catalogue.segments().size());
    for (SegmentInfo segment : catalogue.segments()) {
      out.i64(segment.number()).u8(segment.kind().code());
      out.i64(segment.firstPosition()).i64(segment.lastPosition());
      out.i64(segment.bytes()).i32(segment.checksum());
      out.varint(segment.coverage().size());
      for (OriginCoverage origin : segment.coverage()) {
        encode(origin, out);
      }
    }
    return SealedFile.seal(KIND, storeId, out);
  }

  private static void encode(OriginCoverage origin, ByteWriter out) {
    out.i64(origin.origin()).varint(origin.before()).varint(origin.after());
    out.i64(origin.lastStamp());
    origin.summary().encode(out);
    out.i64(origin.chainBefore()).i64(origin.chainAfter());
  }

  static Read decode(Path file, byte[] bytes, byte @Nullable [] expectedStoreId) {
    SealedFile opened = SealedFile.open(KIND, file, bytes, expectedStoreId);
    ByteReader in = opened.content();
    long first = in.i64();
    int count = in.items("segments", MIN_SEGMENT_BYTES);
    List<SegmentInfo> segments = new ArrayList<>(count);
    long due = first;
    long number = 0;
    for (int i = 0; i < count; i++) {
      SegmentInfo segment = decodeSegment(in);
      if (segment.firstPosition() != due
          || segment.lastPosition() < due
          || segment.number() <= number) {
        throw in.malformed("catalogue's segments do not follow each other");
      }
      due = segment.lastPosition() + 1;
      number = segment.number();
      segments.add(segment);
    }
    in.expectEnd();
    return new Read(opened.storeId(), new Catalogue(first, segments));
  }

  private static SegmentInfo decodeSegment(ByteReader in) {
    long number = in.i64();
    SegmentInfo.Kind kind = kind(in);
    long first = in.i64();
    long last = in.i64();
    long bytes = in.i64();
    int checksum = in.i32();
    int origins = in.items("origins", MIN_ORIGIN_BYTES);
    List<OriginCoverage> coverage = new ArrayList<>(origins);
    for (int i = 0; i < origins; i++) {
      coverage.add(
          new OriginCoverage(
              in.i64(),
              in.varint(),
              in.varint(),
              in.i64(),
              VersionVector.decode(in),
              in.i64(),
              in.i64()));
    }
    return new SegmentInfo(number, kind, first, last, bytes, checksum, coverage, true);
  }

  private static SegmentInfo.Kind kind(ByteReader in) {
    int code = in.u8();
    for (SegmentInfo.Kind kind : SegmentInfo.Kind.values()) {
      if (kind.code() == code) {
        return kind;
      }
    }
    throw in.malformed("segment is of an unknown kind");
  }
}
