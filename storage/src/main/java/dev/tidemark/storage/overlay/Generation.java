package dev.tidemark.storage.overlay;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.log.LogPlace;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A contiguous run of the log, joined per key. One generation is active; a frozen one never changes
 * and is folded into the state as a whole, with the position of its last commit. Guarded by the
 * overlay.
 *
 * <p>Of heads that have a rank, and lie in the log, it holds where; all other deltas it holds as
 * objects.
 */
public final class Generation {
  /** A delta ends with the number of its cells. */
  private static final int NO_CELLS_BYTES = 1;

  private final Map<Bytes, PendingRun> runs = new HashMap<>();
  private final LoggedHeads heads;
  private final SortedMap<Long, OriginRow> rows = new TreeMap<>(Long::compareUnsigned);
  private final AtomicInteger holders = new AtomicInteger(1);
  // Mostly all commits are of one origin: its row is not looked up for each.
  private long newestOrigin;
  private @Nullable OriginRow newestRow;
  private volatile double foldedShare;
  private long runBytes;
  private long logBytes;
  private long lastPosition;
  private long clock;
  private Keyed @Nullable [] sorted;

  Generation(PagePool pool) {
    this.heads = new LoggedHeads(pool);
  }

  /** Joins a commit, which may lie in the log; gives the change of the estimated size, in bytes. */
  long apply(
      Commit commit, long position, @Nullable LogPlace place, OriginRow row, long clockThen) {
    long before = bytes();
    if (place == null) {
      joinAll(commit.held());
    } else {
      joinAll(commit.operations(), place);
      logBytes += place.bodyLength();
    }
    long origin = commit.header().origin();
    if (origin != newestOrigin) {
      settleNewestRow();
      newestOrigin = origin;
    }
    newestRow = row;
    clock = clockThen;
    lastPosition = position;
    return bytes() - before;
  }

  /** Has the processor fetch what some keys will meet. */
  void bringIn(List<Bytes> keys) {
    heads.bringIn(keys);
  }

  private void settleNewestRow() {
    if (newestRow != null) {
      rows.put(newestOrigin, newestRow);
    }
  }

  /** Operations are the end of an encoded commit, and a head that of its operation but a count. */
  private void joinAll(List<Operation> operations, LogPlace place) {
    List<Operation> others = List.of();
    long end = place.bodyAt() + place.bodyLength();
    for (int i = operations.size() - 1; i >= 0; i--) {
      Operation operation = operations.get(i);
      byte[] head = operation.delta().head();
      Namespace namespace = operation.namespace();
      long rank = namespace.strategy().lattice().rank(head);
      if (rank > 0 && operation.delta().cells().isEmpty()) {
        heads.join(
            namespace, operation.key(), head, rank, place, end - NO_CELLS_BYTES - head.length);
      } else if (!operation.isWithheld()) {
        others = others.isEmpty() ? new ArrayList<>(i + 1) : others;
        others.add(operation);
      }
      end -= CommitCodec.encodedLength(operation);
    }
    Collections.reverse(others);
    joinAll(others);
  }

  private void joinAll(List<Operation> operations) {
    for (int i = 0; i < operations.size(); ) {
      int end = endOfKey(operations, i);
      join(operations.get(i), deltaOf(operations, i, end));
      i = end;
    }
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
      runBytes += first.key().length() + PendingRun.KEY_OVERHEAD;
    }
    runBytes += run.join(delta);
  }

  boolean isEmpty() {
    return lastPosition == 0;
  }

  long bytes() {
    return runBytes + heads.bytes();
  }

  /** How much of the log it stands for, in bytes. */
  long logBytes() {
    return logBytes;
  }

  /** Whether nothing more may be joined into it. */
  boolean isFull() {
    return heads.isFull();
  }

  /** The position of the last commit in it. */
  public long lastPosition() {
    return lastPosition;
  }

  /** Folds all of it, with its position; frozen generations only. */
  public void foldInto(StateStore state) {
    GenerationFold.into(state, this);
  }

  /** How much of it is folded by now, of 1, told now and then while it is. */
  public double foldedShare() {
    return foldedShare;
  }

  void foldedShare(double share) {
    foldedShare = share;
  }

  /** How many deltas a fold sees. */
  int deltas() {
    return runs.size() + heads.count();
  }

  /** The greatest stamp given or observed by its end. */
  long clock() {
    return clock;
  }

  /** The rows of the origins of which there is something in it, as they are by its end. */
  SortedMap<Long, OriginRow> rows() {
    settleNewestRow();
    return rows;
  }

  @Nullable KeyDelta whole(Bytes key) {
    PendingRun run = runs.get(key);
    return run == null ? heads.find(key) : withHead(run, key, run.whole());
  }

  @Nullable KeyDelta slice(Bytes key, CellRange range) {
    PendingRun run = runs.get(key);
    return run == null ? heads.find(key) : withHead(run, key, run.slice(range));
  }

  /** Some of a key's deltas may have been in the log, and some not. */
  private KeyDelta withHead(PendingRun run, Bytes key, KeyDelta delta) {
    KeyDelta head = heads.find(key);
    if (head == null) {
      return delta;
    }
    PendingRun both = new PendingRun(run.namespace());
    both.join(delta);
    both.join(head);
    return both.whole();
  }

  /**
   * Sees each key with its joined delta, in key order within a namespace; frozen generations only.
   */
  public void forEach(Visitor visitor) {
    heads.forEach(visitor);
    for (Keyed keyed : sorted()) {
      visitor.visit(keyed.run.namespace(), keyed.key, keyed.run.whole());
    }
  }

  /** The least key at or above the given one, or null; frozen generations only. */
  public @Nullable Bytes ceiling(Bytes from) {
    Bytes head = heads.ceiling(from);
    Bytes run = runCeiling(from);
    return head == null || (run != null && run.compareTo(head) < 0) ? run : head;
  }

  private @Nullable Bytes runCeiling(Bytes from) {
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

  /** Keeps what it refers to readable until it is {@linkplain #release released} again. */
  void hold() {
    holders.incrementAndGet();
  }

  /** Lets go of it; the last to do so closes the files that it refers to. */
  public void release() {
    if (holders.decrementAndGet() == 0) {
      heads.close();
    }
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
