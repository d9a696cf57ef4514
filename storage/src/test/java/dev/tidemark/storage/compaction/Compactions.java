package dev.tidemark.storage.compaction;

import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.SegmentInfo;
import java.util.List;

/** Folds what a test wants, with a buffer so small that it is written to disk often. */
public final class Compactions {
  private static final long TINY_BUFFER_BYTES = 3_000;

  private Compactions() {}

  public static CompactionReport fold(OpLog log, List<SegmentInfo> originals) {
    return new Compactor(log, 0, TINY_BUFFER_BYTES).fold(originals, Pace.UNHINDERED);
  }
}
