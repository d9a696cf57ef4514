package dev.tidemark.storage.compaction;

import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Merges runs that follow each other in the log into one, key by key. Parts of a key are passed
 * through in their place: what comes before and behind them is joined apart.
 */
final class RunMerge implements RunRecords {
  private final PriorityQueue<Head> heads =
      new PriorityQueue<>(
          Comparator.comparing(Head::entry, RunRecord::comparePlace).thenComparingInt(Head::index));
  private final List<RunRecords> runs;
  private final Deque<RunRecord> ready = new ArrayDeque<>();
  private @Nullable KeyFold fold;

  private record Head(RunRecord entry, int index) {}

  /** Merges runs that are given in the order of the log. */
  RunMerge(List<RunRecords> inOrder) {
    this.runs = inOrder;
    for (int i = 0; i < inOrder.size(); i++) {
      advance(i);
    }
  }

  private void advance(int index) {
    RunRecord next = runs.get(index).next();
    if (next != null) {
      heads.add(new Head(next, index));
    }
  }

  @Override
  public @Nullable RunRecord next() {
    while (ready.isEmpty() && (fold != null || !heads.isEmpty())) {
      step();
    }
    return ready.poll();
  }

  private void step() {
    Head head = heads.peek();
    KeyFold open = fold;
    if (open != null && (head == null || !joins(open, head.entry()))) {
      open.finish();
      fold = null;
      return;
    }
    if (head == null) {
      return;
    }
    heads.remove();
    advance(head.index());
    RunRecord entry = head.entry();
    if (!entry.part().isWhole()) {
      ready.add(entry);
      return;
    }
    if (open == null) {
      open = new KeyFold(entry.namespace(), entry.key(), ready::add);
      fold = open;
    }
    open.add(entry.delta());
  }

  private static boolean joins(KeyFold open, RunRecord entry) {
    return entry.part().isWhole() && open.isOf(entry);
  }
}
