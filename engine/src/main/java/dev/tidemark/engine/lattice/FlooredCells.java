package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key of a state that forgets: reads its head raised to the floor, and keeps it lowered. */
public final class FlooredCells implements Cells {
  private final Cells kept;
  private final Lattice lattice;
  private final Floor floor;

  /** What is kept, under a floor. */
  public FlooredCells(Cells kept, Lattice lattice, Floor floor) {
    this.kept = kept;
    this.lattice = lattice;
    this.floor = floor;
  }

  @Override
  public byte[] head() {
    return lattice.raise(kept.head(), floor);
  }

  @Override
  public byte @Nullable [] cell(Bytes id) {
    return kept.cell(id);
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    kept.cells(range, visitor);
  }

  @Override
  public void head(byte[] head) {
    kept.head(lattice.lower(head, floor));
  }

  @Override
  public void cell(Bytes id, byte @Nullable [] cell) {
    kept.cell(id, cell);
  }

  /** Drops what the floor says already. */
  public void forget() {
    forget(Bytes.EMPTY, Integer.MAX_VALUE);
  }

  /**
   * Drops what the floor says already, a bounded number of cells at a time.
   *
   * @param from where to begin
   */
  public Dropped forget(Bytes from, int most) {
    kept.head(lattice.lower(kept.head(), floor));
    List<Bytes> dropped = new ArrayList<>();
    kept.cells(
        new CellRange(from, null),
        (id, cell) -> {
          if (lattice.forgets(id, cell, floor)) {
            dropped.add(id);
          }
          return dropped.size() < most;
        });
    dropped.forEach(id -> kept.cell(id, null));
    return new Dropped(dropped.size(), dropped.size() < most ? null : dropped.get(most - 1));
  }

  /**
   * How many cells were dropped.
   *
   * @param next the last of them if there may be more behind it, else null
   */
  public record Dropped(int cells, @Nullable Bytes next) {}

  /** Joins a run: what of it is below the floor is known, and stays as it is. */
  public void join(KeyDelta run) {
    Join.into(this, lattice, lattice.admit(run, floor));
  }

  /** Joins the same key of another state, with what that one has forgotten. */
  public void join(KeyDelta state, Floor theirs) {
    kept.head(lattice.concede(kept.head(), state.head(), theirs));
    drop((id, cell) -> lattice.concedes(id, cell, state.cell(id), theirs));
    join(new KeyDelta(lattice.raise(state.head(), theirs), state.cells()));
  }

  private void drop(Condition condition) {
    List<Bytes> dropped = new ArrayList<>();
    kept.cells(
        CellRange.ALL,
        (id, cell) -> {
          if (condition.holds(id, cell)) {
            dropped.add(id);
          }
          return true;
        });
    dropped.forEach(id -> kept.cell(id, null));
  }

  private interface Condition {
    boolean holds(Bytes id, byte[] cell);
  }
}
