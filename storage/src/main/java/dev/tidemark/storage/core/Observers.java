package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.JoinedView;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.event.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Captures what commits change, for those who watch; costs a look at an empty list while nobody
 * does. A change that cannot be captured does not hinder its commit: those who watch are told to
 * read it from the log.
 */
public final class Observers {
  private final Reads reads;
  private final List<Tap> taps = new CopyOnWriteArrayList<>();
  private volatile long passed;

  Observers(Reads reads, long lastPosition) {
    this.reads = reads;
    this.passed = lastPosition;
  }

  /** One who watches. Called under the store's write lock, except for {@link #wake}. */
  public interface Tap {
    /** Whether changes of the key are of interest. */
    boolean wants(Bytes key);

    /** Whether changes are taken just now: computing them for nobody costs every commit. */
    boolean isOpen();

    /**
     * The changes of one commit, in order; they are not synced yet.
     *
     * @param bytes about what they take in memory
     */
    void offer(long position, List<Event.Change> changes, long bytes);

    /** A commit of interest could not be captured: the log has it. */
    void missed(long position);

    /** More is synced now, or the store is closed. */
    void wake();
  }

  /** Begins to watch. */
  public void add(Tap tap) {
    taps.add(tap);
  }

  /** Ends it. */
  public void remove(Tap tap) {
    taps.remove(tap);
  }

  /** The position up to which every commit of interest was offered. */
  public long passed() {
    return passed;
  }

  void wake() {
    taps.forEach(Tap::wake);
  }

  void close() {
    wake();
    taps.clear();
  }

  /** What a commit is about to change; null if nobody is interested. */
  @Nullable Capture capture(Commit commit) {
    if (taps.isEmpty()) {
      return null;
    }
    List<Touched> touched = new ArrayList<>();
    Map<Bytes, KeyState> earlier = new HashMap<>();
    try {
      for (int i = 0; i < commit.operations().size(); i++) {
        Operation operation = commit.operations().get(i);
        if (!operation.isWithheld() && isWanted(operation.key())) {
          KeyState run = earlier.computeIfAbsent(operation.key(), key -> KeyState.noDeltas());
          touched.add(touched(i, operation, run));
          Join.into(run, operation.namespace().strategy().lattice(), operation.delta());
        }
      }
    } catch (RuntimeException unreadable) {
      return new Capture(List.of(), true);
    }
    return touched.isEmpty() ? null : new Capture(touched, false);
  }

  private boolean isWanted(Bytes key) {
    for (Tap tap : taps) {
      if (tap.isOpen() && tap.wants(key)) {
        return true;
      }
    }
    return false;
  }

  /** What one operation does to a key that the earlier ones of its commit have changed. */
  private Touched touched(int index, Operation operation, KeyState earlier) {
    Lattice lattice = operation.namespace().strategy().lattice();
    KeyView live = new LiveView(reads, operation.namespace(), operation.key());
    KeyView found = new JoinedView(lattice, live, earlier.copy());
    List<CellRange> reach = TouchedView.reach(lattice, found.head(), operation.delta());
    TouchedView before = TouchedView.of(found, reach, operation.delta());
    KeyView left = new JoinedView(lattice, found, operation.delta());
    TouchedView after = TouchedView.of(left, reach, operation.delta());
    return new Touched(
        index,
        lattice.value(before),
        lattice.value(after),
        before.isPartial() || after.isPartial(),
        before.bytes() + after.bytes());
  }

  /** Hands the captured changes out, once the commit is applied. */
  void publish(@Nullable Capture capture, Commit commit, long position, boolean local) {
    if (capture != null) {
      for (Tap tap : taps) {
        if (capture.isLost()) {
          tap.missed(position);
        } else {
          offerOrMiss(tap, capture, commit, position, local);
        }
      }
    }
    passed = position;
  }

  /** What the log holds at a position was not captured: whoever watches reads it from there. */
  void missed(long position) {
    taps.forEach(tap -> tap.missed(position));
    passed = position;
    wake();
  }

  private static void offerOrMiss(
      Tap tap, Capture capture, Commit commit, long position, boolean local) {
    boolean offered = false;
    try {
      offer(tap, capture, commit, position, local);
      offered = true;
    } catch (RuntimeException | OutOfMemoryError e) {
      // The commit is in: its writer must be told so, and its readers have the log.
    } finally {
      if (!offered) {
        tap.missed(position);
      }
    }
  }

  private static void offer(Tap tap, Capture capture, Commit commit, long position, boolean local) {
    List<Event.Change> changes = new ArrayList<>();
    long bytes = 0;
    for (Touched touched : capture.touched()) {
      Operation operation = commit.operations().get(touched.index());
      if (tap.wants(operation.key())) {
        changes.add(change(commit, operation, touched, position, local));
        bytes += touched.bytes();
      }
    }
    if (!changes.isEmpty()) {
      tap.offer(position, changes, bytes);
    }
  }

  private static Event.Change change(
      Commit commit, Operation operation, Touched touched, long position, boolean local) {
    Lattice lattice = operation.namespace().strategy().lattice();
    return new Event.Change(
        position,
        commit.header().operation(touched.index()).dot(),
        local ? Event.Cause.LOCAL : Event.Cause.REMOTE,
        operation.key().toUtf8(),
        operation.namespace().strategy(),
        lattice.effects(operation.delta()),
        touched.before(),
        touched.after(),
        touched.partial());
  }

  /** The operations of a commit that somebody wants, or that they could not be looked at. */
  record Capture(List<Touched> touched, boolean isLost) {}

  /** One of them. */
  record Touched(int index, Value before, Value after, boolean partial, long bytes) {}
}
