package dev.tidemark.storage.handover;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.state.KeyPieces;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Completes a whole state for a store that is nothing but an earlier moment of it, and older than
 * what it has forgotten: what is held here and not in the state was overridden, and its records say
 * so where the state only leaves it out. So the state can be logged and joined like any other run.
 * For one thread at a time; close it before the store.
 *
 * <p>Memory: one piece of a key here, and of about as many bytes what it adds to a record.
 */
public final class Absences implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;
  private static final byte[] NO_HEAD = new byte[0];

  private final StateStore state;
  private final Pin pin;
  private final Interest interest;
  private final Floor forgotten;
  private final Floor joined;
  private final Iterator<Namespace> namespaces;
  private @Nullable Namespace namespace;
  private @Nullable KeyPieces pieces;
  private @Nullable RunRecord held;

  /**
   * Completes a state.
   *
   * @param pin a moment of which the state has seen all
   * @param interest the keys that the state has all of, and this store holds
   * @param forgotten the floor of the state
   * @param joined the highest floor that this store knows
   */
  public Absences(StateStore state, Pin pin, Interest interest, Floor forgotten, Floor joined) {
    this.state = state;
    this.pin = pin;
    this.interest = interest;
    this.forgotten = forgotten;
    this.joined = joined;
    this.namespaces = state.schema().namespaces().iterator();
    this.held = nextHeld();
  }

  /** Completes the next record of the state, and what lies before it. */
  public void add(RunRecord next, Consumer<RunRecord> out) {
    passTo(next, out);
    complete(next, out);
  }

  /** Completes what lies behind the last record of the state. */
  public void finish(Consumer<RunRecord> out) {
    passTo(null, out);
  }

  /** Overrides the keys that are held before the one of a record, and passes over that one. */
  private void passTo(@Nullable RunRecord next, Consumer<RunRecord> out) {
    for (RunRecord here = held; here != null; here = held) {
      int order = next == null ? -1 : here.comparePlace(next);
      if (order > 0) {
        return;
      }
      if (order < 0) {
        out.accept(absent(here));
      }
      held = nextHeld();
    }
  }

  /** What a state says of a key, or a piece of it, that it does not have. */
  private RunRecord absent(RunRecord here) {
    Lattice lattice = here.namespace().strategy().lattice();
    byte[] head = lattice.headOf(NO_HEAD, here.delta().head(), forgotten, joined);
    TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    here.delta().cells().forEach((id, cell) -> override(lattice, head, id, cell, cells));
    return new RunRecord(here.namespace(), here.key(), here.part(), new KeyDelta(head, cells));
  }

  private long override(
      Lattice lattice, byte[] head, Bytes id, byte[] cell, SortedMap<Bytes, byte[]> cells) {
    byte[] over = lattice.cellOf(head, cell, forgotten, joined);
    if (over == null) {
      return 0;
    }
    cells.put(id, over);
    return (long) id.length() + over.length;
  }

  /** A record of the state, in as many parts as what it leaves out takes. */
  private void complete(RunRecord next, Consumer<RunRecord> out) {
    Lattice lattice = next.namespace().strategy().lattice();
    KeyView here = state.view(pin, next.namespace(), next.key());
    byte[] head = lattice.headOf(next.delta().head(), here.head(), forgotten, joined);
    CellRange rest = next.part().range();
    while (true) {
      TreeMap<Bytes, byte[]> added = new TreeMap<>();
      Bytes end = leftOut(next, here, head, rest, added);
      CellRange range = new CellRange(rest.from(), end == null ? rest.to() : end);
      next.delta()
          .cells(
              range,
              (id, cell) -> {
                added.put(id, cell);
                return true;
              });
      KeyPart part = new KeyPart(range, end == null && next.part().last());
      out.accept(new RunRecord(next.namespace(), next.key(), part, new KeyDelta(head, added)));
      if (end == null) {
        return;
      }
      rest = new CellRange(end, rest.to());
    }
  }

  /**
   * Finds what a record leaves out in a range.
   *
   * @param added where to put what overrides it
   * @return the cell before which it is enough for one part; null if that was all
   */
  private @Nullable Bytes leftOut(
      RunRecord next, KeyView here, byte[] head, CellRange range, SortedMap<Bytes, byte[]> added) {
    Lattice lattice = next.namespace().strategy().lattice();
    long[] bytes = new long[1];
    Bytes[] end = new Bytes[1];
    here.cells(
        range,
        (id, cell) -> {
          if (next.delta().cell(id) != null) {
            return true;
          }
          if (bytes[0] > PIECE_BYTES) {
            end[0] = id;
            return false;
          }
          bytes[0] += override(lattice, head, id, cell, added);
          return true;
        });
    return end[0];
  }

  private @Nullable RunRecord nextHeld() {
    while (true) {
      Namespace in = namespace;
      KeyPieces of = pieces;
      KeyPieces.Piece piece = of == null ? null : of.next();
      if (in != null && piece != null) {
        if (interest.covers(piece.key())) {
          return new RunRecord(in, piece.key(), piece.part(), piece.state());
        }
        continue;
      }
      close();
      if (!namespaces.hasNext()) {
        return null;
      }
      namespace = namespaces.next();
      pieces = state.pieces(pin, namespace, PIECE_BYTES);
    }
  }

  @Override
  public void close() {
    if (pieces != null) {
      pieces.close();
      pieces = null;
    }
  }
}
