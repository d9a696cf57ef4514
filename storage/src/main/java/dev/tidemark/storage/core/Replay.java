package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.event.Event;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Changes read back from the log, one at a time, with the values of now: a commit may touch many
 * keys, whose values together are larger than memory. For one thread at a time.
 */
public final class Replay implements AutoCloseable {
  private final Reads reads;
  private final long self;
  private final Predicate<Bytes> wanted;
  private final LogCursor cursor;
  private @Nullable Commit commit;
  private int index;
  private long position;

  Replay(OpLog log, Reads reads, long self, long fromPosition, Predicate<Bytes> wanted) {
    this.reads = reads;
    this.self = self;
    this.wanted = wanted;
    this.cursor = log.cursor(fromPosition);
  }

  /** Moves to the next commit; false if there is none yet. */
  public boolean nextCommit() {
    if (!cursor.next()) {
      return false;
    }
    commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
    position = cursor.position();
    skipTo(0);
    return true;
  }

  /** The commit's position. */
  public long position() {
    return position;
  }

  /** Whether the commit has more wanted changes. */
  public boolean isInside() {
    return commit != null;
  }

  /** The next wanted change of the commit; null if there is none left. */
  public Event.@Nullable Change nextChange() {
    Commit inside = commit;
    if (inside == null) {
      return null;
    }
    Event.Change change = change(inside, inside.operations().get(index));
    skipTo(index + 1);
    return change;
  }

  /** Moves to the next wanted operation; the commit is over if there is none. */
  private void skipTo(int from) {
    Commit inside = commit;
    index = from;
    while (inside != null && index < inside.operations().size()) {
      if (wanted.test(inside.operations().get(index).key())) {
        return;
      }
      index++;
    }
    commit = null;
  }

  private Event.Change change(Commit inside, Operation operation) {
    Lattice lattice = operation.namespace().strategy().lattice();
    KeyDelta delta = operation.delta();
    List<CellRange> reach = TouchedView.reach(lattice, lattice.bottom(), delta);
    TouchedView now =
        reads.read(
            operation.namespace(),
            operation.key(),
            span(reach, delta),
            view -> TouchedView.of(view, reach, delta));
    return new Event.Change(
        position,
        inside.header().operation(index).dot(),
        inside.header().origin() == self ? Event.Cause.LOCAL : Event.Cause.REMOTE,
        operation.key().toUtf8(),
        operation.namespace().strategy(),
        lattice.effects(delta),
        null,
        lattice.value(now),
        now.isPartial());
  }

  /** A range around all cells that a delta touches. */
  private static CellRange span(List<CellRange> reach, KeyDelta delta) {
    if (!reach.isEmpty()) {
      return CellRange.ALL;
    }
    if (delta.cells().isEmpty()) {
      return CellRange.NONE;
    }
    Bytes last = delta.cells().lastKey();
    return new CellRange(delta.cells().firstKey(), CellRange.only(last).to());
  }

  @Override
  public void close() {
    cursor.close();
  }
}
