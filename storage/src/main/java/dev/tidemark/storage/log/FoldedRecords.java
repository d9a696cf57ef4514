package dev.tidemark.storage.log;

import dev.tidemark.error.MalformedException;
import dev.tidemark.storage.run.RunBatch;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The records of a folded segment, batch by batch, each checked. */
final class FoldedRecords implements RunRecords {
  private final SegmentReader reader;
  private final SegmentExtent extent;
  private Iterator<RunRecord> batch = List.<RunRecord>of().iterator();
  private boolean ended;

  /** Reads from a reader that is before the first entry. */
  FoldedRecords(SegmentReader reader, SegmentExtent extent) {
    this.reader = reader;
    this.extent = extent;
    entry();
  }

  @Override
  public @Nullable RunRecord next() {
    if (!ended && !batch.hasNext()) {
      entry();
      List<RunRecord> next = batch();
      ended = next.isEmpty();
      batch = next.iterator();
    }
    return ended ? null : batch.next();
  }

  private void entry() {
    switch (reader.next(extent.end())) {
      case DAMAGE -> throw reader.damage().exception();
      case END -> throw reader.endsBefore(extent.lastPosition()).exception();
      case ENTRY -> {}
    }
  }

  private List<RunRecord> batch() {
    try {
      return RunBatch.decode(reader.array(), reader.bodyAt(), reader.bodyLength());
    } catch (MalformedException e) {
      String actual = String.valueOf(e.getMessage());
      throw new Damage(
              reader.file(),
              reader.entryOffset(),
              extent.firstPosition(),
              "records of a run",
              actual)
          .exception();
    }
  }
}
