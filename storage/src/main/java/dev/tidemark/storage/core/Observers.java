package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Captures what commits change, for those who watch; costs a look at an empty list while nobody
 * does.
 */
public final class Observers {
  private final Reads reads;
  private final List<Tap> taps = new CopyOnWriteArrayList<>();

  Observers(Reads reads) {
    this.reads = reads;
  }

  /** One who watches. Called under the store's write lock, except for {@link #wake}. */
  public interface Tap {
    /** Whether changes of the key are of interest. */
    boolean wants(Bytes key);

    /** Whether changes are taken just now: computing them for nobody costs every commit. */
    boolean isOpen();

    /** The changes of one commit, in order; they are not synced yet. */
    void offer(long position, List<Event.Change> changes);

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

  void onSynced() {
    taps.forEach(Tap::wake);
  }

  void close() {
    onSynced();
    taps.clear();
  }

  /** What a commit finds, before it is applied; null if nobody is interested. */
  @Nullable Capture before(Commit commit) {
    if (taps.isEmpty()) {
      return null;
    }
    Capture capture = new Capture(commit, new ArrayList<>());
    for (int i = 0; i < commit.operations().size(); i++) {
      Operation operation = commit.operations().get(i);
      if (isWanted(operation.key())) {
        capture.touched.add(touchedBefore(i, operation));
      }
    }
    return capture.touched.isEmpty() ? null : capture;
  }

  private boolean isWanted(Bytes key) {
    for (Tap tap : taps) {
      if (tap.isOpen() && tap.wants(key)) {
        return true;
      }
    }
    return false;
  }

  private Touched touchedBefore(int index, Operation operation) {
    Lattice lattice = operation.namespace().strategy().lattice();
    KeyView view = new LiveView(reads, operation.namespace(), operation.key());
    List<CellRange> reach = TouchedView.reach(lattice, view.head(), operation.delta());
    TouchedView touched = TouchedView.of(view, reach, operation.delta());
    return new Touched(index, reach, lattice.value(touched), touched.isPartial());
  }

  /** Hands the captured changes out, once the commit is applied. */
  void after(Capture capture, long position, boolean local) {
    List<Event.Change> changes = new ArrayList<>(capture.touched.size());
    for (Touched touched : capture.touched) {
      changes.add(change(capture.commit, touched, position, local));
    }
    for (Tap tap : taps) {
      List<Event.Change> wanted =
          changes.stream().filter(change -> tap.wants(Bytes.utf8(change.key()))).toList();
      if (!wanted.isEmpty()) {
        tap.offer(position, wanted);
      }
    }
  }

  private Event.Change change(Commit commit, Touched touched, long position, boolean local) {
    Operation operation = commit.operations().get(touched.index);
    Lattice lattice = operation.namespace().strategy().lattice();
    KeyView view = new LiveView(reads, operation.namespace(), operation.key());
    TouchedView after = TouchedView.of(view, touched.reach, operation.delta());
    return new Event.Change(
        position,
        commit.header().operation(touched.index).dot(),
        local ? Event.Cause.LOCAL : Event.Cause.REMOTE,
        operation.key().toUtf8(),
        operation.namespace().strategy(),
        lattice.effects(operation.delta()),
        touched.before,
        lattice.value(after),
        touched.partial || after.isPartial());
  }

  /** The changes of a commit that is read back from the log. */
  public List<Event.Change> replayed(Commit commit, long position, long self, Tap tap) {
    List<Event.Change> changes = new ArrayList<>();
    CommitHeader header = commit.header();
    for (int i = 0; i < commit.operations().size(); i++) {
      Operation operation = commit.operations().get(i);
      if (!tap.wants(operation.key())) {
        continue;
      }
      Lattice lattice = operation.namespace().strategy().lattice();
      KeyView view = new LiveView(reads, operation.namespace(), operation.key());
      List<CellRange> reach = TouchedView.reach(lattice, lattice.bottom(), operation.delta());
      TouchedView now = TouchedView.of(view, reach, operation.delta());
      changes.add(
          new Event.Change(
              position,
              header.operation(i).dot(),
              header.origin() == self ? Event.Cause.LOCAL : Event.Cause.REMOTE,
              operation.key().toUtf8(),
              operation.namespace().strategy(),
              lattice.effects(operation.delta()),
              null,
              lattice.value(now),
              now.isPartial()));
    }
    return changes;
  }

  /** The operations of a commit that somebody wants, with what they found. */
  record Capture(Commit commit, List<Touched> touched) {}

  /** One of them. */
  record Touched(int index, List<CellRange> reach, Value before, boolean partial) {}
}
