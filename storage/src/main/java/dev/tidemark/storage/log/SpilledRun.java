package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.run.PackedRecords;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A run that was written on the way to another, and is of no use after: it is not forced. What a
 * crash leaves of it the next open removes.
 */
public final class SpilledRun implements AutoCloseable {
  private final FoldedSegment content;
  private final DurableFiles disk;
  private @Nullable SegmentReader reader;

  SpilledRun(FoldedSegment content, DurableFiles disk) {
    this.content = content;
    this.disk = disk;
  }

  /** Its records, to be read once and until it is closed. */
  public PackedRecords records() {
    Path file = content.aside().resolve(FoldedLayout.DATA_FILE);
    SegmentExtent extent = SegmentExtent.of(content.info(1, 1), file);
    SegmentReader open = SegmentReader.open(extent);
    reader = open;
    return new FoldedRecords(open, extent)::nextPacked;
  }

  /** Removes it. */
  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
    try {
      disk.deleteDirectory(content.aside());
    } catch (IOException leftover) {
      // The next open removes it.
    }
  }
}
