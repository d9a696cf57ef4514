package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.JoinedView;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateStore;
import dev.tidemark.storage.state.StoredKey;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a key reads: the state joined with what is pending. */
final class Reads {
  private final StateStore state;
  private final Overlay overlay;
  private final Moments moments;

  Reads(StateStore state, Overlay overlay) {
    this.state = state;
    this.overlay = overlay;
    this.moments = new Moments(state);
  }

  /** Which moments of the state are read. */
  Moments moments() {
    return moments;
  }

  /**
   * Reads a key, its cells limited to a range, as it was at one moment. The reader may be called a
   * second time if a run begins to be folded while it reads.
   */
  <T> T read(Namespace namespace, Bytes key, CellRange cells, Function<KeyView, T> reader) {
    return state.undisturbed(() -> readUndisturbed(namespace, key, cells, reader));
  }

  private <T> T readUndisturbed(
      Namespace namespace, Bytes key, CellRange cells, Function<KeyView, T> reader) {
    // The order matters: see Overlay.
    List<KeyDelta> runs = overlay.runs(key, cells);
    Function<Pin, T> atMoment =
        pin -> reader.apply(joined(namespace, state.view(pin, namespace, key), runs));
    boolean isHead = isEmpty(cells) || namespace.strategy().lattice().isAllHead();
    if (isHead || (cells.isAtMostOne() && runs.isEmpty())) {
      // One read of the state; with pending runs a cell is read under its head, which is two.
      return moments.unpinned(
          () -> reader.apply(joined(namespace, state.view(namespace, key), runs)), atMoment);
    }
    if (cells.equals(CellRange.ALL)) {
      KeyView whole = whole(namespace, key, runs);
      if (whole != null) {
        return reader.apply(joined(namespace, whole, runs));
      }
    }
    return moments.pinned(atMoment);
  }

  /** All that the state has of a key, if that is little, or nothing; null if it is more. */
  private @Nullable KeyView whole(Namespace namespace, Bytes key, List<KeyDelta> runs) {
    return moments.look(
        () -> {
          if (!runs.isEmpty()) {
            // What is pending may be all there is: a filter tells that, and no iterator has to find
            // its place in every file.
            StoredKey stored = state.view(namespace, key);
            if (!stored.isStored()) {
              return stored;
            }
          }
          return state.small(namespace, key);
        });
  }

  private static boolean isEmpty(CellRange cells) {
    Bytes to = cells.to();
    return to != null && to.compareTo(cells.from()) <= 0;
  }

  /**
   * The head that an update builds on, for who holds the write lock.
   *
   * @throws dev.tidemark.error.DamagedException if it is lost and cells of the key are there
   */
  byte[] headToBuildOn(Namespace namespace, Bytes key) {
    List<KeyDelta> runs = overlay.runs(key, CellRange.NONE);
    return state.undisturbed(
        () -> {
          StoredKey stored = state.view(namespace, key);
          // What is pending was built on it, and found it sound.
          if (runs.isEmpty() && !namespace.strategy().lattice().isAllHead()) {
            stored.requireHead();
          }
          return joined(namespace, stored, runs).head();
        });
  }

  /** Reads one cell of a key, for who holds the write lock. */
  byte @Nullable [] readCell(Namespace namespace, Bytes key, Bytes id) {
    List<KeyDelta> runs = overlay.runs(key, CellRange.only(id));
    Optional<byte[]> cell =
        state.undisturbed(
            () ->
                Optional.ofNullable(joined(namespace, state.view(namespace, key), runs).cell(id)));
    return cell.orElse(null);
  }

  /** What is pending of a key, without what the state has of it. */
  KeyView pending(Namespace namespace, Bytes key) {
    KeyDelta nothing = KeyDelta.ofHead(namespace.strategy().lattice().bottom());
    return new KeyView() {
      @Override
      public byte[] head() {
        return within(CellRange.NONE).head();
      }

      @Override
      public byte @Nullable [] cell(Bytes id) {
        return within(CellRange.only(id)).cell(id);
      }

      @Override
      public void cells(CellRange range, CellVisitor visitor) {
        within(range).cells(range, visitor);
      }

      private KeyView within(CellRange range) {
        return joined(namespace, nothing, overlay.runs(key, range));
      }
    };
  }

  /** How far the state is: what is not pending any more is folded by now. */
  Progress folded() {
    return state.progress();
  }

  /** Live cells, from the stored count where the pending runs let it stand. */
  long liveCells(Namespace namespace, Bytes key) {
    return state.undisturbed(() -> countLiveCells(namespace, key));
  }

  private long countLiveCells(Namespace namespace, Bytes key) {
    List<KeyDelta> runs = overlay.runs(key, CellRange.ALL);
    return moments.pinned(
        pin -> {
          StoredKey base = state.view(pin, namespace, key);
          long stored = base.liveCells();
          return runs.isEmpty()
              ? stored
              : liveCells(namespace.strategy().lattice(), base, stored, runs);
        });
  }

  private static long liveCells(Lattice lattice, KeyView base, long stored, List<KeyDelta> runs) {
    KeyView view = base;
    TreeSet<Bytes> named = new TreeSet<>();
    boolean sweeps = false;
    for (KeyDelta run : runs) {
      sweeps |= !lattice.join(view.head(), run.head()).reach().isEmpty();
      named.addAll(run.cells().keySet());
      view = new JoinedView(lattice, view, run);
    }
    if (sweeps) {
      // A pending delete may reach any cell: only looking tells.
      long[] count = new long[1];
      view.cells(
          CellRange.ALL,
          (id, cell) -> {
            count[0] += lattice.live(id, cell) ? 1 : 0;
            return true;
          });
      return count[0];
    }
    long count = stored;
    for (Bytes id : named) {
      count += live(lattice, view, id) - live(lattice, base, id);
    }
    return count;
  }

  private static int live(Lattice lattice, KeyView view, Bytes id) {
    byte[] cell = view.cell(id);
    return cell != null && lattice.live(id, cell) ? 1 : 0;
  }

  /** A view joined with pending runs, oldest first. */
  static KeyView joined(Namespace namespace, KeyView base, List<KeyDelta> runs) {
    KeyView view = base;
    for (KeyDelta run : runs) {
      view = new JoinedView(namespace.strategy().lattice(), view, run);
    }
    return view;
  }
}
