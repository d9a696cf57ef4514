package dev.tidemark.storage.log;

import dev.tidemark.error.MalformedException;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.RunBatch;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The records of a folded segment, batch by batch, each checked. */
final class FoldedRecords implements RunRecords {
  private final SegmentReader reader;
  private final SegmentExtent extent;
  private Iterator<PackedRecord> batch = List.<PackedRecord>of().iterator();
  private boolean ended;

  /** Reads from a reader that is before the first entry. */
  FoldedRecords(SegmentReader reader, SegmentExtent extent) {
    this.reader = reader;
    this.extent = extent;
    entry();
  }

  @Override
  public @Nullable RunRecord next() {
    PackedRecord next = nextPacked();
    return next == null ? null : checked(next::decode);
  }

  /** The next record as its bytes; null behind the last. */
  @Nullable PackedRecord nextPacked() {
    if (!ended && !batch.hasNext()) {
      entry();
      List<PackedRecord> next =
          checked(() -> RunBatch.decode(reader.array(), reader.bodyAt(), reader.bodyLength()));
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

  private <T> T checked(Supplier<T> decoding) {
    try {
      return decoding.get();
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
