package dev.tidemark.storage.conflict;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The conflicts of a store: how many, the newest of them, and the journal. Nothing here ever
 * hinders a commit: a journal that cannot be read is set aside, one that cannot be written is told
 * of by {@link #problem}. Thread-safe.
 *
 * <p>Memory: the newest {@value #MOST}, of at most {@value #MOST_BYTES} bytes together, or one.
 */
public final class Conflicts implements AutoCloseable {
  /** So many of the newest are kept in memory. */
  public static final int MOST = 128;

  private static final long MOST_BYTES = 8 << 20;

  private final ConflictJournal journal;
  private final List<Consumer<Conflict>> listeners = new CopyOnWriteArrayList<>();
  private final Deque<Conflict> newest = new ArrayDeque<>();
  private List<Conflict> loadedLast = List.of();
  private long newestBytes;
  private long count;
  private long loadedUpTo;
  private @Nullable Exception problem;

  private Conflicts(ConflictJournal journal) {
    this.journal = journal;
  }

  /**
   * Reads the journal of a store.
   *
   * @param lastPosition the end of its log: what is said of later commits is said of commits that
   *     are lost
   */
  public static Conflicts open(
      StoreFiles files, DurableFiles disk, byte[] storeId, long lastPosition) {
    Conflicts conflicts = new Conflicts(new ConflictJournal(files, disk, storeId));
    if (ConflictJournal.isThere(files)) {
      conflicts.load(lastPosition);
    }
    return conflicts;
  }

  private synchronized void load(long lastPosition) {
    try {
      List<Conflict> loaded = journal.load(lastPosition);
      loaded.forEach(this::keep);
      if (!loaded.isEmpty()) {
        Conflict last = loaded.get(loaded.size() - 1);
        count = last.number();
        loadedUpTo = last.position();
        loadedLast = loaded.stream().filter(of -> of.position() == loadedUpTo).toList();
      }
    } catch (IOException | OutOfSpaceException e) {
      problem = e;
    }
  }

  private void keep(Conflict conflict) {
    newest.addFirst(conflict);
    newestBytes += conflict.bytes();
    while (newest.size() > MOST || (newestBytes > MOST_BYTES && newest.size() > 1)) {
      newestBytes -= newest.removeLast().bytes();
    }
  }

  /**
   * Takes note of one; its number is given here. What the journal has of an earlier run, before a
   * crash, is not taken twice.
   */
  public synchronized void add(Conflict found) {
    if (found.position() < loadedUpTo || loadedLast.stream().anyMatch(found::isSame)) {
      return;
    }
    count++;
    Conflict conflict =
        new Conflict(
            count, found.position(), found.key(), found.field(), found.winner(), found.loser());
    keep(conflict);
    try {
      journal.append(conflict);
    } catch (IOException | OutOfSpaceException e) {
      problem = e;
    }
    listeners.forEach(listener -> tell(listener, conflict));
  }

  private void tell(Consumer<Conflict> listener, Conflict conflict) {
    try {
      listener.accept(conflict);
    } catch (RuntimeException e) {
      // The commit is in, whatever a listener makes of it.
      problem = e;
    }
  }

  /** Some could not be told, because the keys could not be read. */
  public synchronized void missed(Exception cause) {
    problem = cause;
  }

  /** What was found so far survives a power loss, as far as the disk lets it. */
  public synchronized void force() {
    try {
      journal.force();
    } catch (IOException e) {
      problem = e;
    }
  }

  /** How many there were since the store was made, as far as the journal remembers. */
  public synchronized long count() {
    return count;
  }

  /** The newest ones, the newest first. */
  public synchronized List<Conflict> newest() {
    return new ArrayList<>(newest);
  }

  /** Why the last one that could not be found or journalled could not, or null. */
  public synchronized @Nullable Exception problem() {
    return problem;
  }

  /** Begins to tell of each. */
  public void add(Consumer<Conflict> listener) {
    listeners.add(listener);
  }

  /** Ends it. */
  public void remove(Consumer<Conflict> listener) {
    listeners.remove(listener);
  }

  @Override
  public synchronized void close() {
    listeners.clear();
    try {
      journal.force();
      journal.close();
    } catch (IOException e) {
      problem = e;
    }
  }
}
