package dev.tidemark.storage.statistics;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import dev.tidemark.storage.statistics.StateStatistics.Tally;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Reads every key of a state once, except those that stores keep for themselves. */
final class StatePass {
  private final StateStore state;
  private final Map<Remains.Kind, Tally> remains = new EnumMap<>(Remains.Kind.class);
  private long keys;
  private long present;
  private long liveCells;
  private long valueBytes;
  private long collectableBytes;

  StatePass(StateStore state) {
    this.state = state;
  }

  void run(LongConsumer listener) {
    try (Pin pin = state.pin()) {
      for (Namespace namespace : state.schema().withoutSystem().namespaces()) {
        Lattice lattice = namespace.strategy().lattice();
        try (KeyCursor cursor = state.keys(pin, namespace, KeyRange.ALL)) {
          while (cursor.next()) {
            listener.accept(++keys);
            KeyView view = state.view(pin, namespace, cursor.key());
            key(lattice, cursor, new Stored(cursor.head(), view));
          }
        }
      }
    }
  }

  /** A key with its head as it is stored: the floor is not kept with every key. */
  private record Stored(byte[] head, KeyView key) implements KeyView {
    @Override
    public byte @Nullable [] cell(Bytes id) {
      return key.cell(id);
    }

    @Override
    public void cells(CellRange range, CellVisitor visitor) {
      key.cells(range, visitor);
    }
  }

  private void key(Lattice lattice, KeyCursor cursor, KeyView view) {
    boolean isPresent = cursor.liveCells() > 0 || lattice.present(view);
    if (isPresent) {
      present++;
      liveCells += cursor.liveCells();
      valueBytes += cursor.key().length() + valueBytes(lattice, cursor, view);
    }
    long bytes = 0;
    for (Remains kept : lattice.remains(view)) {
      remains.merge(
          kept.kind(),
          Tally.ZERO.plus(kept),
          (a, b) -> new Tally(a.count() + b.count(), a.bytes() + b.bytes()));
      bytes += kept.kind().isCollectable() && !isNeeded(kept, isPresent) ? kept.bytes() : 0;
    }
    collectableBytes += bytes > 0 && !isPresent ? bytes + cursor.key().length() : bytes;
  }

  /** What is alive is known by the context. */
  private static boolean isNeeded(Remains kept, boolean isPresent) {
    return isPresent && kept.kind() == Remains.Kind.CONTEXT;
  }

  private static long valueBytes(Lattice lattice, KeyCursor cursor, KeyView view) {
    if (cursor.liveCells() == 0) {
      return cursor.head().length;
    }
    long[] bytes = new long[1];
    view.cells(
        CellRange.ALL,
        (Bytes id, byte[] cell) -> {
          bytes[0] += lattice.live(id, cell) ? id.length() + cell.length : 0;
          return true;
        });
    return bytes[0];
  }

  StateStatistics statistics() {
    return new StateStatistics(keys, present, liveCells, valueBytes, remains, collectableBytes);
  }
}
