package dev.tidemark.storage.log;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import java.util.List;

/**
 * The entries of a folded segment: the first holds its coverage, so that it can be used without the
 * catalogue; the others batches of records, as {@link dev.tidemark.storage.run.RunWriter} makes
 * them.
 */
final class FoldedLayout {
  static final String DATA_FILE = "run.cq4";

  private FoldedLayout() {}

  static byte[] encode(List<OriginCoverage> coverage) {
    ByteWriter out = new ByteWriter();
    Coverage.encode(coverage, out);
    return out.toByteArray();
  }

  static List<OriginCoverage> coverage(byte[] array, int offset, int length) {
    ByteReader in = new ByteReader(array, offset, length);
    List<OriginCoverage> coverage = Coverage.decode(in);
    in.expectEnd();
    return coverage;
  }
}
