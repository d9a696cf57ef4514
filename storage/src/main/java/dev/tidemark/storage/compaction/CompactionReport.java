package dev.tidemark.storage.compaction;

/**
 * What a compaction has done.
 *
 * @param segmentsBefore how many segments it folded; 0 if there was nothing to do
 * @param bytesBefore their size
 * @param positions how many log positions they hold
 * @param bytesAfter the size of what took their place
 * @param records how many deltas that holds
 * @param millis how long it took
 */
public record CompactionReport(
    int segmentsBefore,
    long bytesBefore,
    long positions,
    long bytesAfter,
    long records,
    long millis) {
  /** There was nothing to do. */
  public static final CompactionReport NOTHING = new CompactionReport(0, 0, 0, 0, 0, 0);

  /** Both together, one after the other. */
  CompactionReport and(CompactionReport next) {
    return new CompactionReport(
        segmentsBefore + next.segmentsBefore,
        bytesBefore + next.bytesBefore,
        positions + next.positions,
        bytesAfter + next.bytesAfter,
        records + next.records,
        millis + next.millis);
  }
}
