package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.storage.format.FileKind;
import dev.tidemark.storage.format.SealedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the catalogue, in the common envelope of our files.
 *
 * <pre>
 *   first position i64, cut vector, bare vector, segments varint, segment*
 *
 *   segment: number i64, kind u8, first position i64, last position i64, entries varint, bytes i64,
 *            checksum u32, coverage
 * </pre>
 */
final class CatalogueFile {
  private static final FileKind KIND = FileKind.of("catalogue", "TMCT", 3);
  private static final int MIN_SEGMENT_BYTES = 39;

  /** A catalogue and the store it belongs to. */
  record Read(byte[] storeId, Catalogue catalogue) {}

  private CatalogueFile() {}

  static byte[] encode(Catalogue catalogue, byte[] storeId) {
    ByteWriter out = new ByteWriter();
    out.i64(catalogue.firstPosition());
    catalogue.cut().encode(out);
    catalogue.bare().encode(out);
    out.varint(catalogue.segments().size());
    for (SegmentInfo segment : catalogue.segments()) {
      out.i64(segment.number()).u8(segment.kind().code());
      out.i64(segment.firstPosition()).i64(segment.lastPosition());
      out.varint(segment.entries()).i64(segment.bytes()).i32(segment.checksum());
      Coverage.encode(segment.coverage(), out);
    }
    return SealedFile.seal(KIND, storeId, out);
  }

  static Read decode(Path file, byte[] bytes, byte @Nullable [] expectedStoreId) {
    SealedFile opened = SealedFile.open(KIND, file, bytes, expectedStoreId);
    ByteReader in = opened.content();
    long first = in.i64();
    VersionVector cut = VersionVector.decode(in);
    VersionVector bare = VersionVector.decode(in);
    int count = in.items("segments", MIN_SEGMENT_BYTES);
    List<SegmentInfo> segments = new ArrayList<>(count);
    long due = first;
    Set<Long> numbers = new HashSet<>();
    for (int i = 0; i < count; i++) {
      SegmentInfo segment = decodeSegment(in);
      if (segment.firstPosition() != due
          || segment.lastPosition() < due
          || segment.number() < 1
          || !numbers.add(segment.number())) {
        throw in.malformed("catalogue's segments do not follow each other");
      }
      due = segment.lastPosition() + 1;
      segments.add(segment);
    }
    in.expectEnd();
    return new Read(opened.storeId(), new Catalogue(first, cut, bare, segments));
  }

  private static SegmentInfo decodeSegment(ByteReader in) {
    long number = in.i64();
    SegmentInfo.Kind kind = kind(in);
    long first = in.i64();
    long last = in.i64();
    long entries = in.varint();
    long bytes = in.i64();
    int checksum = in.i32();
    List<OriginCoverage> coverage = Coverage.decode(in);
    return new SegmentInfo(number, kind, first, last, entries, bytes, checksum, coverage, true);
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
