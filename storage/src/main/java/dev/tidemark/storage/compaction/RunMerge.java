package dev.tidemark.storage.compaction;

import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.PackedRecords;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Merges runs that follow each other in the log into one, key by key. Parts of a key are passed
 * through in their place: what comes before and behind them is joined apart.
 */
final class RunMerge implements PackedRecords {
  private final List<PackedRecords> runs;
  private final @Nullable PackedRecord[] next;

  /** The numbers of the runs that have a record, as a heap by (its place, number of the run). */
  private final int[] heap;

  private int size;
  private final Deque<PackedRecord> ready = new ArrayDeque<>();
  private final KeyFold fold = new KeyFold(ready::add);

  /** Merges runs that are given in the order of the log. */
  RunMerge(List<PackedRecords> inOrder) {
    this.runs = inOrder;
    this.next = new PackedRecord[inOrder.size()];
    this.heap = new int[inOrder.size()];
    for (int run = 0; run < inOrder.size(); run++) {
      next[run] = inOrder.get(run).next();
      if (next[run] != null) {
        heap[size++] = run;
      }
    }
    for (int at = size / 2 - 1; at >= 0; at--) {
      siftDown(at);
    }
  }

  @Override
  public @Nullable PackedRecord next() {
    while (ready.isEmpty() && (size > 0 || !fold.isEmpty())) {
      step();
    }
    return ready.poll();
  }

  private void step() {
    PackedRecord first = size == 0 ? null : at(0);
    if (first == null) {
      fold.finish();
    } else if (!first.isWhole()) {
      fold.finish();
      ready.add(first);
      advance();
    } else {
      if (!fold.accepts(first)) {
        fold.finish();
      }
      fold.add(first);
      advance();
    }
  }

  /** Moves the run that is first. */
  private void advance() {
    int run = heap[0];
    next[run] = runs.get(run).next();
    if (next[run] == null) {
      heap[0] = heap[--size];
    }
    siftDown(0);
  }

  private void siftDown(int from) {
    int at = from;
    int run = heap[at];
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isBefore(heap[child], run)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = run;
  }

  private boolean isBefore(int left, int right) {
    int byPlace = record(left).comparePlace(record(right));
    return byPlace != 0 ? byPlace < 0 : left < right;
  }

  private PackedRecord at(int place) {
    return record(heap[place]);
  }

  private PackedRecord record(int run) {
    PackedRecord held = next[run];
    if (held == null) {
      throw new IllegalStateException("run " + run + " is at its end");
    }
    return held;
  }
}
