package dev.tidemark.storage.log;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.FileChannels;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A folded segment that was found whole, whatever names it.
 *
 * @param file its data file
 * @param bytes the length of that
 * @param coverage what it holds of each origin
 * @param firstPosition the first position that it stands for; 0 if the catalogue does not tell
 * @param lastPosition the last one; 0 if the catalogue does not tell
 */
public record SalvagedRun(
    Path file, long bytes, List<OriginCoverage> coverage, long firstPosition, long lastPosition) {
  /** Whether the catalogue tells where in the log it is. */
  public boolean isPlaced() {
    return firstPosition > 0;
  }

  /** Shows its records. */
  public void read(Consumer<RunRecord> reader) {
    try (SegmentReader open = SegmentReader.open(extent())) {
      RunRecords records = new FoldedRecords(open, extent());
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        reader.accept(next);
      }
    }
  }

  private SegmentExtent extent() {
    FoldedSegment content = new FoldedSegment(0, file, 0, bytes, 0, coverage);
    return SegmentExtent.of(content.info(firstPosition, lastPosition), file);
  }

  /**
   * Looks at a data file; null if it is not that of a folded segment. Tells the listener if it is
   * one and not whole: then nobody knows what it lacks.
   */
  static @Nullable SalvagedRun of(
      StoreFiles files, Path file, List<SegmentInfo> catalogued, SalvagedLog.Listener listener)
      throws IOException {
    long length;
    try (FileChannel channel = FileChannels.open(file, StandardOpenOption.READ)) {
      length = channel.size();
    }
    List<OriginCoverage> coverage;
    try (SegmentReader reader = SegmentReader.open(file)) {
      if (reader.next(length) != SegmentReader.Step.ENTRY
          || reader.kind() != FrameLayout.KIND_FOLDED) {
        return null;
      }
      coverage = FoldedLayout.coverage(reader.array(), reader.bodyAt(), reader.bodyLength());
    } catch (MalformedException | StoreUnusableException e) {
      return null;
    }
    SalvagedRun found = new SalvagedRun(file, length, coverage, 0, 0);
    try {
      found.read(records -> {});
    } catch (DamagedException | StoreUnusableException e) {
      String actual = String.valueOf(e.getMessage());
      listener.damaged(file, 0, length, "a whole folded segment", actual);
      return null;
    }
    return found.placed(files, catalogued);
  }

  private SalvagedRun placed(StoreFiles files, List<SegmentInfo> catalogued) {
    for (SegmentInfo segment : catalogued) {
      boolean isNamed = file.startsWith(files.segment(segment.number()));
      if (isNamed && segment.isFolded() && segment.coverage().equals(coverage)) {
        return new SalvagedRun(
            file, bytes, coverage, segment.firstPosition(), segment.lastPosition());
      }
    }
    return this;
  }
}
