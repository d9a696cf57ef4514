package dev.tidemark.storage.overlay;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.storage.log.LogPlace;
import dev.tidemark.storage.state.OriginRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * What is logged and not yet folded, in generations: one active, the older ones frozen.
 *
 * <p>A reader takes a key's pending runs first and reads the state below afterwards. A generation
 * that is folded in between is then joined twice, which a join does not notice; the other way round
 * it could be missed.
 *
 * <p>Commits are applied and generations frozen by one thread at a time (the store's write lock);
 * the lock here is only between those and the readers, and is held for no longer than a commit
 * takes to join.
 *
 * <p>A commit that fails halfway, for want of memory, leaves the active generation torn: from then
 * on it is neither read nor frozen, so that nobody sees half a commit and none is folded under the
 * position before it.
 */
public final class Overlay implements AutoCloseable {
  /** More are gone from the processor's cache before they are needed. */
  private static final int MOST_AHEAD = 64;

  private final StampedLock lock = new StampedLock();
  private final PagePool pool = new PagePool();
  private Generation active = new Generation(pool);
  private volatile List<Generation> frozen = List.of();
  private boolean torn;
  private boolean closed;
  private long total;
  private volatile long bytes;
  private volatile long activeBytes;
  private volatile long activeLogBytes;

  /**
   * Joins a commit into the active generation: all of it becomes visible at once.
   *
   * @param place where the log has it, or null if it is not to be read there
   * @param clock the greatest stamp given or observed by now; the commit's own may be lower
   */
  public void apply(
      Commit commit, long position, @Nullable LogPlace place, OriginRow row, long clock) {
    long stamp = lock.writeLock();
    boolean whole = false;
    try {
      total += active.apply(commit, position, place, row, clock);
      activeBytes = active.bytes();
      activeLogBytes = active.isFull() ? Long.MAX_VALUE : active.logBytes();
      bytes = total;
      whole = true;
    } finally {
      torn |= !whole;
      lock.unlockWrite(stamp);
    }
  }

  /**
   * Has the processor fetch what the keys of some commits will meet, all at once; it changes
   * nothing. Called by who applies commits.
   */
  public void bringIn(List<Commit> commits) {
    List<Bytes> keys = new ArrayList<>();
    for (Commit commit : commits) {
      for (Operation operation : commit.operations()) {
        if (keys.size() < MOST_AHEAD) {
          keys.add(operation.key());
        }
      }
    }
    active.bringIn(keys);
  }

  /** The pending runs of a key, oldest first, with at least the cells of a range. */
  public List<KeyDelta> runs(Bytes key, CellRange range) {
    long stamp = lock.readLock();
    try {
      requireWhole();
      KeyDelta newest = active.slice(key, range);
      List<Generation> older = frozen;
      if (older.isEmpty()) {
        return newest == null ? List.of() : List.of(newest);
      }
      List<KeyDelta> runs = new ArrayList<>(older.size() + 1);
      addRuns(older, key, runs);
      if (newest != null) {
        runs.add(newest);
      }
      return runs;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** The runs of a key in frozen generations, oldest first. */
  public static List<KeyDelta> runs(List<Generation> generations, Bytes key) {
    List<KeyDelta> runs = new ArrayList<>(generations.size());
    addRuns(generations, key, runs);
    return runs;
  }

  private static void addRuns(List<Generation> generations, Bytes key, List<KeyDelta> runs) {
    for (Generation generation : generations) {
      KeyDelta run = generation.whole(key);
      if (run != null) {
        runs.add(run);
      }
    }
  }

  /** Freezes the active generation, if there is anything in it, and starts another. */
  public void freeze() {
    long stamp = lock.writeLock();
    try {
      requireWhole();
      if (active.isEmpty()) {
        return;
      }
      List<Generation> longer = new ArrayList<>(frozen);
      longer.add(active);
      frozen = List.copyOf(longer);
      active = new Generation(pool);
      activeBytes = 0;
      activeLogBytes = 0;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private void requireWhole() {
    if (closed) {
      throw Problem.of("store is closed").advise("open it again").illegalState();
    }
    if (torn) {
      throw new StorePoisonedException(
          Problem.of("commit is logged and only half of it is in memory")
              .advise("close the store and open it again: that replays the commit"));
    }
  }

  /** The frozen generations, oldest first. */
  public List<Generation> frozen() {
    return frozen;
  }

  /** The same, readable until each is {@linkplain Generation#release released}. */
  public List<Generation> hold() {
    long stamp = lock.readLock();
    try {
      List<Generation> held = frozen;
      held.forEach(Generation::hold);
      return held;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** The generation to fold next, or null. */
  public @Nullable Generation oldestFrozen() {
    List<Generation> generations = frozen;
    return generations.isEmpty() ? null : generations.get(0);
  }

  /** Lets go of a generation that the state now holds. */
  public void retire(Generation folded) {
    long stamp = lock.writeLock();
    try {
      List<Generation> shorter = new ArrayList<>(frozen);
      if (!shorter.remove(folded)) {
        throw new AssertionError("generation was retired twice");
      }
      frozen = List.copyOf(shorter);
      total -= folded.bytes();
      bytes = total;
    } finally {
      lock.unlockWrite(stamp);
    }
    folded.release();
  }

  /** How much of what is frozen is folded by now, of 1. */
  public double foldedShare() {
    Generation oldest = oldestFrozen();
    long frozenBytes = bytes - activeBytes;
    return oldest == null || frozenBytes <= 0
        ? 0
        : Math.min(1, oldest.foldedShare() * oldest.bytes() / frozenBytes);
  }

  /** The estimated size of the active generation, in bytes. */
  public long activeBytes() {
    return activeBytes;
  }

  /** How much of the log the active generation stands for, in bytes. */
  public long activeLogBytes() {
    return activeLogBytes;
  }

  /** The estimated size of all generations, in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Closes the files that are referred to; nothing may be read any more. */
  @Override
  public void close() {
    long stamp = lock.writeLock();
    try {
      closed = true;
      frozen.forEach(Generation::release);
      frozen = List.of();
      active.release();
    } finally {
      lock.unlockWrite(stamp);
    }
  }
}
