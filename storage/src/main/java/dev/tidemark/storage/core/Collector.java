package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.compaction.Pace;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forgets in the state what its floor says already: looks at some keys at a time as they are at one
 * moment, then writes those that hold such a thing, beside the folder. Interrupted anywhere it
 * leaves a state that means the same, and begins again. For one thread at a time.
 *
 * <p>Memory: the names of {@value #KEYS_AT_A_TIME} keys, and the ids of {@value #CELLS_AT_A_TIME}
 * cells.
 */
final class Collector {
  private static final int KEYS_AT_A_TIME = 1_000;
  private static final int CELLS_AT_A_TIME = 10_000;
  private static final long BYTES_AT_A_TIME = 1L << 20;

  private final StateStore state;
  private final Folder folder;

  Collector(StateStore state, Folder folder) {
    this.state = state;
    this.folder = folder;
  }

  /** Whether the floor has risen since all below it was forgotten. */
  boolean isDue() {
    return !state.floor().equals(state.swept());
  }

  /** Forgets all below the floor. */
  CollectionReport run(Pace pace) {
    long start = System.nanoTime();
    Floor floor = state.floor();
    Counts counts = new Counts();
    if (isDue()) {
      for (Namespace namespace : state.schema().namespaces()) {
        KeyRange rest = KeyRange.ALL;
        while (rest != null) {
          rest = someKeys(namespace, rest, floor, counts, pace);
        }
      }
      folder.forget(batch -> batch.swept(floor));
    }
    return new CollectionReport(
        floor, counts.keys, counts.forgottenKeys, counts.cells, millisSince(start));
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static final class Counts {
    private long keys;
    private long forgottenKeys;
    private long cells;
  }

  /** Gives the range of keys that are left, or null behind the last. */
  private @Nullable KeyRange someKeys(
      Namespace namespace, KeyRange range, Floor floor, Counts counts, Pace pace) {
    List<Bytes> found = new ArrayList<>();
    KeyRange rest = null;
    long bytes = 0;
    try (Pin pin = state.pin();
        KeyCursor cursor = state.keys(pin, namespace, range)) {
      while (rest == null && cursor.next()) {
        counts.keys++;
        Look look = new Look(namespace.strategy().lattice(), floor);
        if (look.at(cursor.head(), state.view(pin, namespace, cursor.key()))) {
          found.add(cursor.key());
        }
        bytes += look.bytes + cursor.key().length();
        if (found.size() == KEYS_AT_A_TIME || bytes >= BYTES_AT_A_TIME) {
          rest = range.after(cursor.key());
        }
      }
    }
    for (Bytes key : found) {
      forget(namespace, key, counts);
    }
    pace.passed(bytes);
    return rest;
  }

  private void forget(Namespace namespace, Bytes key, Counts counts) {
    Bytes from = Bytes.EMPTY;
    while (from != null) {
      Bytes next = from;
      FoldBatch.Forgotten[] forgotten = new FoldBatch.Forgotten[1];
      folder.forget(batch -> forgotten[0] = batch.forget(namespace, key, next, CELLS_AT_A_TIME));
      counts.cells += forgotten[0].cells();
      counts.forgottenKeys += forgotten[0].key() ? 1 : 0;
      from = forgotten[0].next();
    }
  }

  /** Whether a key holds anything to forget. */
  private static final class Look {
    private final Lattice lattice;
    private final Floor floor;
    private long bytes;

    Look(Lattice lattice, Floor floor) {
      this.lattice = lattice;
      this.floor = floor;
    }

    boolean at(byte[] storedHead, KeyView key) {
      bytes = storedHead.length;
      byte[] lowered = lattice.lower(storedHead, floor);
      if (!Arrays.equals(lowered, storedHead) || Arrays.equals(lowered, lattice.bottom())) {
        return true;
      }
      boolean[] found = new boolean[1];
      key.cells(
          CellRange.ALL,
          (id, cell) -> {
            bytes += id.length() + cell.length;
            found[0] = lattice.forgets(id, cell, floor);
            return !found[0];
          });
      return found[0];
    }
  }
}
