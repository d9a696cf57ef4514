package dev.tidemark.storage.compaction;

import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.log.TruncatedException;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.PackedRecords;
import java.util.ArrayList;
import java.util.List;

/**
 * Folds sealed segments of a log, none of which the state may still have to be folded from: what a
 * crash takes from the state is then replayed from what it was, commit by commit. One at a time.
 */
public final class Compactor {
  private final OpLog log;
  private final long segmentBytes;
  private final long bufferBytes;

  /**
   * A compactor.
   *
   * @param segmentBytes the size at which a segment is sealed
   */
  public Compactor(OpLog log, long segmentBytes) {
    this(log, segmentBytes, RunSorter.BUFFER_BYTES);
  }

  Compactor(OpLog log, long segmentBytes, long bufferBytes) {
    this.log = log;
    this.segmentBytes = segmentBytes;
    this.bufferBytes = bufferBytes;
  }

  /** Whether a step would be worth it, if the state were flushed up to a position. */
  public boolean hasStep(long flushed) {
    return !next(flushed).isEmpty();
  }

  /** Folds the segments that are worth it most, if any are. */
  public CompactionReport step(long flushed, Pace pace) {
    return fold(next(flushed), pace);
  }

  private List<SegmentInfo> next(long flushed) {
    for (List<SegmentInfo> stretch : stretches(flushed)) {
      List<SegmentInfo> next = Tiers.next(stretch, segmentBytes);
      if (!next.isEmpty()) {
        return next;
      }
    }
    return List.of();
  }

  /** Folds all sealed segments into one each, unless they are one that is folded. */
  public CompactionReport all(long flushed, Pace pace) {
    CompactionReport report = CompactionReport.NOTHING;
    for (List<SegmentInfo> stretch : stretches(flushed)) {
      boolean isDone = stretch.size() == 1 && stretch.get(0).isFolded();
      report = report.and(fold(isDone ? List.of() : stretch, pace));
    }
    return report;
  }

  /**
   * The sealed segments that follow each other without one in between that brings keys: what that
   * replaces and what is joined behind it must stay apart, whatever the state is that they are
   * folded into.
   */
  private List<List<SegmentInfo>> stretches(long flushed) {
    List<List<SegmentInfo>> stretches = new ArrayList<>();
    List<SegmentInfo> stretch = new ArrayList<>();
    for (SegmentInfo segment : sealed(flushed)) {
      if (segment.bringsKeys()) {
        stretches.add(stretch);
        stretch = new ArrayList<>();
      } else {
        stretch.add(segment);
      }
    }
    stretches.add(stretch);
    return stretches;
  }

  /** The sealed segments up to a position. */
  public List<SegmentInfo> sealed(long flushed) {
    return log.segments().stream()
        .filter(segment -> segment.sealed() && segment.lastPosition() <= flushed)
        .toList();
  }

  /**
   * Folds some adjacent segments into one.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room for it; nothing has changed
   * @throws java.util.concurrent.CancellationException if the pace ended it; nothing has changed
   */
  CompactionReport fold(List<SegmentInfo> originals, Pace pace) {
    if (originals.isEmpty()) {
      return CompactionReport.NOTHING;
    }
    long start = System.nanoTime();
    long records = 0;
    FoldedSegment folded;
    CrashPoint.COMPACT_WRITE.before();
    try (RunSorter sorter = new RunSorter(log, bufferBytes, pace)) {
      PackedRecords run = sorter.sort(originals);
      try (FoldedWriter writer =
          log.folded(Coverage.join(originals.stream().map(SegmentInfo::coverage).toList()))) {
        for (PackedRecord next = run.next(); next != null; next = run.next()) {
          writer.add(next);
          records++;
        }
        folded = writer.seal();
      }
    } catch (TruncatedException meanwhile) {
      // A truncation dropped what was to be read next: there is nothing to take its place.
      return CompactionReport.NOTHING;
    }
    CrashPoint.COMPACT_WRITE.after();
    if (!swap(originals, folded)) {
      return CompactionReport.NOTHING;
    }
    return new CompactionReport(
        originals.size(),
        originals.stream().mapToLong(SegmentInfo::bytes).sum(),
        originals.stream().mapToLong(SegmentInfo::positions).sum(),
        folded.bytes(),
        records,
        (System.nanoTime() - start) / 1_000_000);
  }

  /** False if some were dropped by a truncation meanwhile. */
  private boolean swap(List<SegmentInfo> originals, FoldedSegment folded) {
    boolean swapped = false;
    try {
      swapped = log.swap(originals, folded);
      return swapped;
    } finally {
      if (!swapped) {
        discard(folded);
      }
    }
  }

  /** What cannot be removed now is removed by the next open. */
  private void discard(FoldedSegment folded) {
    try {
      log.discard(folded);
    } catch (RuntimeException leftover) {
      // The failure that led here is the one to tell.
    }
  }
}
