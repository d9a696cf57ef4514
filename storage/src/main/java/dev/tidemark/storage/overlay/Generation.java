package dev.tidemark.storage.overlay;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A contiguous run of the log, joined per key. One generation is active; a frozen one never changes
 * and is folded into the state as a whole, with the position of its last commit. Guarded by the
 * overlay.
 */
public final class Generation {
  private final Map<Bytes, PendingRun> runs = new HashMap<>();
  private final SortedMap<Long, OriginRow> rows = new TreeMap<>(Long::compareUnsigned);
  private long bytes;
  private long lastPosition;
  private long clock;
  private Keyed @Nullable [] sorted;

  Generation() {}

  /** Joins a commit; gives the change of the estimated size, in bytes. */
  long apply(Commit commit, long position, OriginRow row, long clockThen) {
    long before = bytes;
    List<Operation> operations = commit.operations();
    for (int i = 0; i < operations.size(); ) {
      int end = endOfKey(operations, i);
      join(operations.get(i), deltaOf(operations, i, end));
      i = end;
    }
    rows.put(commit.header().origin(), row);
    clock = clockThen;
    lastPosition = position;
    return bytes - before;
  }

  private static int endOfKey(List<Operation> operations, int from) {
    int end = from + 1;
    while (end < operations.size()
        && operations.get(end).key().equals(operations.get(from).key())) {
      end++;
    }
    return end;
  }

  /** Joined among themselves first: they are few, and the run's head may be long. */
  private static KeyDelta deltaOf(List<Operation> operations, int from, int end) {
    if (end == from + 1) {
      return operations.get(from).delta();
    }
    PendingRun few = new PendingRun(operations.get(from).namespace());
    for (Operation operation : operations.subList(from, end)) {
      few.join(operation.delta());
    }
    return few.whole();
  }

  private void join(Operation first, KeyDelta delta) {
    PendingRun run = runs.get(first.key());
    if (run == null) {
      run = new PendingRun(first.namespace());
      runs.put(first.key(), run);
      bytes += first.key().length() + PendingRun.KEY_OVERHEAD;
    }
    bytes += run.join(delta);
  }

  boolean isEmpty() {
    return lastPosition == 0;
  }

  long bytes() {
    return bytes;
  }

  /** The position of the last commit in it. */
  public long lastPosition() {
    return lastPosition;
  }

  /** Folds all of it, with its position, or nothing; frozen generations only. */
  public void foldInto(StateStore state) {
    try (FoldBatch batch = state.fold()) {
      forEach(batch::join);
      batch.progress(lastPosition, clock, rows);
      batch.commit();
    }
  }

  @Nullable KeyDelta whole(Bytes key) {
    PendingRun run = runs.get(key);
    return run == null ? null : run.whole();
  }

  @Nullable KeyDelta slice(Bytes key, CellRange range) {
    PendingRun run = runs.get(key);
    return run == null ? null : run.slice(range);
  }

  /** Sees each key with its joined delta, in key order; frozen generations only. */
  public void forEach(Visitor visitor) {
    for (Keyed keyed : sorted()) {
      visitor.visit(keyed.run.namespace(), keyed.key, keyed.run.whole());
    }
  }

  /** The least key at or above the given one, or null; frozen generations only. */
  public @Nullable Bytes ceiling(Bytes from) {
    Keyed[] all = sorted();
    int low = 0;
    int high = all.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (all[middle].key.compareTo(from) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < all.length ? all[low].key : null;
  }

  private synchronized Keyed[] sorted() {
    Keyed[] all = sorted;
    if (all == null) {
      all =
          runs.entrySet().stream()
              .map(entry -> new Keyed(entry.getKey(), entry.getValue()))
              .toArray(Keyed[]::new);
      Arrays.sort(all);
      sorted = all;
    }
    return all;
  }

  private record Keyed(Bytes key, PendingRun run) implements Comparable<Keyed> {
    @Override
    public int compareTo(Keyed other) {
      return key.compareTo(other.key);
    }
  }

  /** Sees a key's joined delta. */
  @FunctionalInterface
  public interface Visitor {
    /** Sees one. */
    void visit(Namespace namespace, Bytes key, KeyDelta delta);
  }
}
