package dev.tidemark.storage.log;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.ArrayList;
import java.util.List;

/** Makes folded segments of any records: what they hold is of no matter to the log. */
final class Runs {
  private static final Namespace SETS = new Namespace(Bytes.utf8("s:"), Strategy.G_SET);

  private Runs() {}

  static RunRecord one(String key, String element) {
    KeyDelta delta = KeyDelta.of(new byte[0], Bytes.utf8(element), new byte[0]);
    return RunRecord.whole(SETS, Bytes.utf8("s:" + key), delta);
  }

  /** A folded segment in the place of others. */
  static FoldedSegment folded(OpLog log, List<SegmentInfo> originals, List<RunRecord> records) {
    return write(
        log, Coverage.join(originals.stream().map(SegmentInfo::coverage).toList()), records);
  }

  static FoldedSegment write(OpLog log, List<OriginCoverage> coverage, List<RunRecord> records) {
    try (FoldedWriter writer = log.folded(coverage)) {
      records.forEach(writer::add);
      return writer.seal();
    }
  }

  static List<RunRecord> read(RunRecords records) {
    List<RunRecord> all = new ArrayList<>();
    for (RunRecord next = records.next(); next != null; next = records.next()) {
      all.add(next);
    }
    return all;
  }
}
