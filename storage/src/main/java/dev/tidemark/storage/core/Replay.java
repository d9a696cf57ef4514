package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.event.Event;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.List;
import java.util.ListIterator;
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
  private Item item = Item.NONE;
  private @Nullable Update pending;
  private long position;

  /** One change to one key, wherever it comes from. */
  private record Update(
      Namespace namespace, Bytes key, KeyDelta delta, Event.Cause cause, @Nullable Dot operation) {}

  /** Gives the changes of a commit or a run, one after the other. */
  @FunctionalInterface
  private interface Item {
    Item NONE = () -> null;

    @Nullable Update next();
  }

  Replay(OpLog log, Reads reads, long self, long fromPosition, Predicate<Bytes> wanted) {
    this.reads = reads;
    this.self = self;
    this.wanted = wanted;
    this.cursor = log.cursor(fromPosition);
  }

  /** Moves to the next commit, or to what some have come to; false if there is none yet. */
  public boolean nextCommit() {
    item = Item.NONE;
    pending = null;
    if (!cursor.next()) {
      return false;
    }
    position = cursor.position();
    item = cursor.isRun() ? run(cursor.records()) : commit();
    skip();
    return true;
  }

  private Item commit() {
    Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
    CommitHeader header = commit.header();
    Event.Cause cause = header.origin() == self ? Event.Cause.LOCAL : Event.Cause.REMOTE;
    ListIterator<Operation> operations = commit.operations().listIterator();
    return () -> {
      while (operations.hasNext()) {
        Dot dot = header.operation(operations.nextIndex()).dot();
        Operation operation = operations.next();
        if (!operation.isWithheld()) {
          return new Update(operation.namespace(), operation.key(), operation.delta(), cause, dot);
        }
      }
      return null;
    };
  }

  private static Item run(RunRecords records) {
    return () -> {
      RunRecord next = records.next();
      while (next != null && next.isNothing()) {
        // What is left of a key goes: nobody was shown it as long as the store did not hold that.
        next = records.next();
      }
      return next == null
          ? null
          : new Update(next.namespace(), next.key(), next.delta(), Event.Cause.FOLDED, null);
    };
  }

  /** The commit's position; of folded ones that of the last. */
  public long position() {
    return position;
  }

  /** Whether the commit has more wanted changes. */
  public boolean isInside() {
    return pending != null;
  }

  /** The next wanted change of the commit; null if there is none left. */
  public Event.@Nullable Change nextChange() {
    Update update = pending;
    if (update == null) {
      return null;
    }
    Event.Change change = change(update);
    skip();
    return change;
  }

  /** Moves to the next wanted change, if there is one. */
  private void skip() {
    pending = item.next();
    while (pending != null && !wanted.test(pending.key())) {
      pending = item.next();
    }
  }

  private Event.Change change(Update update) {
    Lattice lattice = update.namespace().strategy().lattice();
    KeyDelta delta = update.delta();
    List<CellRange> reach = TouchedView.reach(lattice, lattice.bottom(), delta);
    TouchedView now =
        reads.read(
            update.namespace(),
            update.key(),
            span(reach, delta),
            view -> TouchedView.of(view, reach, delta));
    return new Event.Change(
        position,
        update.operation(),
        update.cause(),
        update.key().toUtf8(),
        update.namespace().strategy(),
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
