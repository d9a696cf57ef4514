package dev.tidemark.storage.compaction;

import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.log.SpilledRun;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.PackedRecords;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Sorts what adjacent segments hold into one run, with memory that does not depend on how much that
 * is: commits are joined in a buffer, full buffers are written to disk as runs, and runs are
 * merged. What is folded already is a run. More commits than the buffer holds are read twice: first
 * to find what of them is superseded, so that it is not sorted.
 *
 * <p>Memory: first that of {@link NewestOperations}; a buffer of {@value #BUFFER_BYTES} bytes while
 * commits are read; then, of each of {@value #FAN_IN} runs at a time, a batch of 256 KiB or one
 * record, if that is larger, as bytes and as objects.
 */
final class RunSorter implements AutoCloseable {
  static final long BUFFER_BYTES = 12L << 20;
  static final int FAN_IN = 16;

  private final OpLog log;
  private final Pace pace;
  private final long bufferBytes;
  private final SortBuffer buffer;

  /** In the order of the log; those further down are of higher levels. */
  private final Deque<Input> inputs = new ArrayDeque<>();

  private final List<AutoCloseable> open = new ArrayList<>();

  /** A run that is not opened yet, and how often its records were merged. */
  private interface Input extends AutoCloseable {
    PackedRecords open();

    int level();

    @Override
    void close();
  }

  RunSorter(OpLog log, long bufferBytes, Pace pace) {
    this.log = log;
    this.bufferBytes = bufferBytes;
    this.buffer = new SortBuffer(bufferBytes);
    this.pace = pace;
  }

  /** Gives the one run of some segments that follow each other; it is read until this is closed. */
  PackedRecords sort(List<SegmentInfo> segments) {
    BooleanSupplier wanted = wanted(segments);
    for (SegmentInfo segment : segments) {
      if (segment.isFolded()) {
        spill();
        push(new Folded(segment));
      } else {
        readCommits(segment, wanted);
      }
    }
    if (inputs.isEmpty()) {
      return buffer.run();
    }
    spill();
    while (inputs.size() > FAN_IN) {
      // The newest ones, which are the smallest.
      mergeLast(Math.min(FAN_IN, inputs.size() - FAN_IN + 1));
    }
    return merge(List.copyOf(inputs));
  }

  /** Says of each operation of all commits, in turn, whether it has to be joined. */
  private BooleanSupplier wanted(List<SegmentInfo> segments) {
    List<SegmentInfo> raw = segments.stream().filter(segment -> !segment.isFolded()).toList();
    if (raw.stream().mapToLong(SegmentInfo::bytes).sum() <= bufferBytes) {
      return () -> true;
    }
    BitSet superseded = superseded(raw);
    return new BooleanSupplier() {
      private long next;

      @Override
      public boolean getAsBoolean() {
        long number = next++;
        return number >= superseded.length() || !superseded.get((int) number);
      }
    };
  }

  private BitSet superseded(List<SegmentInfo> raw) {
    NewestOperations newest =
        new NewestOperations(raw.stream().mapToLong(SegmentInfo::positions).sum());
    for (SegmentInfo segment : raw) {
      if (newest.isPointless()) {
        break;
      }
      read(segment, cursor -> newest.add(cursor.array(), cursor.offset(), cursor.length()));
    }
    return newest.superseded();
  }

  private void readCommits(SegmentInfo segment, BooleanSupplier wanted) {
    read(
        segment,
        cursor -> {
          buffer.add(cursor.array(), cursor.offset(), cursor.length(), wanted);
          if (buffer.isFull()) {
            spill();
          }
        });
  }

  private void read(SegmentInfo segment, Consumer<LogCursor> commits) {
    try (LogCursor cursor = log.cursor(segment.firstPosition(), segment.lastPosition())) {
      while (cursor.next()) {
        commits.accept(cursor);
        pace.passed(cursor.length());
      }
    }
  }

  private void spill() {
    if (!buffer.isEmpty()) {
      SpilledRun run = write(buffer.run());
      buffer.clear();
      push(new Spilled(run, 0));
    }
  }

  /** As many of one level as are merged at a time become one of the next. */
  private void push(Input input) {
    inputs.addLast(input);
    int level = input.level();
    while (inputs.stream().filter(other -> other.level() == level).count() == FAN_IN) {
      mergeLast(FAN_IN);
    }
  }

  private void mergeLast(int count) {
    List<Input> last = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      last.add(0, inputs.removeLast());
    }
    SpilledRun merged;
    try {
      merged = write(merge(last));
    } finally {
      closeOpen();
      last.forEach(Input::close);
    }
    int level = last.stream().mapToInt(Input::level).max().orElse(0);
    push(new Spilled(merged, level + 1));
  }

  private PackedRecords merge(List<Input> inOrder) {
    RunMerge merge = new RunMerge(inOrder.stream().map(Input::open).toList());
    return () -> {
      PackedRecord next = merge.next();
      if (next != null) {
        pace.passed(next.length());
      }
      return next;
    };
  }

  private SpilledRun write(PackedRecords records) {
    try (FoldedWriter writer = log.folded(List.of())) {
      for (PackedRecord next = records.next(); next != null; next = records.next()) {
        writer.add(next);
      }
      return writer.spill();
    }
  }

  private void closeOpen() {
    for (AutoCloseable one : open) {
      try {
        one.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
    open.clear();
  }

  /** Removes what was written on the way. */
  @Override
  public void close() {
    closeOpen();
    inputs.forEach(Input::close);
    inputs.clear();
  }

  private final class Folded implements Input {
    private final SegmentInfo segment;

    Folded(SegmentInfo segment) {
      this.segment = segment;
    }

    @Override
    public PackedRecords open() {
      LogCursor cursor = log.cursor(segment.firstPosition(), segment.lastPosition());
      open.add(cursor);
      cursor.next();
      return cursor.packedRecords();
    }

    @Override
    public int level() {
      return 0;
    }

    @Override
    public void close() {
      // The segment stays in the log.
    }
  }

  private record Spilled(SpilledRun run, int level) implements Input {
    @Override
    public PackedRecords open() {
      return run.records();
    }

    @Override
    public void close() {
      run.close();
    }
  }
}
