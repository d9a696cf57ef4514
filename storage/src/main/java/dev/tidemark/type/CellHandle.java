package dev.tidemark.type;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView.CellVisitor;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the handles share whose keys have cells; all of it sees live cells only. */
abstract class CellHandle extends Handle {
  /** A cell and its id. */
  record Cell(Bytes id, byte[] bytes) {}

  CellHandle(KeyAccess access, Strategy wanted) {
    super(access, wanted);
  }

  /**
   * One cell. Asked for as a point: a filter then tells most cells that are not there without a
   * look at them, and no iterator has to find its place in every file.
   */
  final Optional<Cell> cell(Bytes id) {
    return access.read(
        CellRange.only(id),
        view ->
            Optional.ofNullable(view.cell(id))
                .filter(bytes -> lattice.live(id, bytes))
                .map(bytes -> new Cell(id, bytes)));
  }

  /** Whether there is a cell in a range; looks no further than the first. */
  final boolean anyIn(CellRange range) {
    return !cells(range, 1).isEmpty();
  }

  /** The first cells of a range, in order. */
  final List<Cell> cells(CellRange range, int limit) {
    return access.read(
        range,
        view -> {
          List<Cell> found = new ArrayList<>();
          view.cells(
              range,
              alive(
                  (id, bytes) -> {
                    found.add(new Cell(id, bytes));
                    return found.size() < limit;
                  }));
          return found;
        });
  }

  /** The first cells of a range, decoded once the state is let go. */
  final <T> List<T> page(CellRange range, int limit, Function<Cell, T> decoder) {
    return cells(range, limit).stream().map(decoder).toList();
  }

  /** Visits the cells of a range until the visitor has enough. */
  final void visit(CellRange range, CellVisitor visitor) {
    access.read(
        range,
        view -> {
          view.cells(range, alive(visitor));
          return true;
        });
  }

  /** How many cells a range has; walks over them and keeps none. */
  final long count(CellRange range) {
    return access.read(
        range,
        view -> {
          long[] count = new long[1];
          view.cells(
              range,
              alive(
                  (id, bytes) -> {
                    count[0]++;
                    return true;
                  }));
          return count[0];
        });
  }

  /** A visitor that is shown live cells only. */
  final CellVisitor alive(CellVisitor visitor) {
    return (id, bytes) -> !lattice.live(id, bytes) || visitor.visit(id, bytes);
  }
}
