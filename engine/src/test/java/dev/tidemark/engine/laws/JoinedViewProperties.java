package dev.tidemark.engine.laws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.ComposedId;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.JoinedView;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.OperationId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** A view over pending runs reads as if they were folded. */
@PropertyDefaults(tries = 2000, edgeCases = EdgeCasesMode.NONE)
class JoinedViewProperties {
  @Provide
  Arbitrary<History> histories() {
    return Histories.any();
  }

  /** A base, 1 to 4 runs above it, as a view and joined for good. */
  private record Layers(History history, KeyView view, KeyState whole, Set<Bytes> ids) {
    static Layers of(History history, Random random) {
      List<Op> log = history.anyOrder(random);
      int from = random.nextInt(log.size() + 1);
      // The base may have part of the runs already.
      Set<Op> known = new LinkedHashSet<>(log.subList(0, from));
      if (random.nextBoolean()) {
        known.addAll(history.anyPart(random));
      }
      KeyState base = history.state(new ArrayList<>(known));
      KeyState whole = history.state(new ArrayList<>(known));
      Set<Bytes> ids = new TreeSet<>(base.asDelta().cells().keySet());
      KeyView view = base;
      for (int runs = 1 + random.nextInt(4); runs > 0; runs--) {
        int to = runs == 1 ? log.size() : from + random.nextInt(log.size() - from + 1);
        KeyState run = history.run(log.subList(from, to));
        view = new JoinedView(history.lattice(), view, run.asDelta());
        Join.into(whole, history.lattice(), run.asDelta());
        ids.addAll(run.asDelta().cells().keySet());
        from = to;
      }
      return new Layers(history, view, whole, ids);
    }

    List<String> cells(KeyView of, CellRange range, int limit) {
      List<String> cells = new ArrayList<>();
      of.cells(
          range,
          (id, cell) -> {
            cells.add(id + "=" + Bytes.wrap(cell));
            return cells.size() < limit;
          });
      return cells;
    }

    Bytes anyId(Random random) {
      List<Bytes> all = new ArrayList<>(ids);
      int pick = random.nextInt(all.size() + 3);
      if (pick < all.size()) {
        return all.get(pick);
      }
      return pick == all.size()
          ? ComposedId.prefix(Bytes.utf8("a"))
          : Bytes.utf8("a".repeat(pick % 3));
    }
  }

  @Property
  void readsHeadValueAndPresenceAsIfFolded(
      @ForAll("histories") History history, @ForAll Random random) {
    Layers layers = Layers.of(history, random);

    assertThat(layers.view.head()).isEqualTo(layers.whole.head());
    assertThat(history.lattice().value(layers.view))
        .isEqualTo(history.lattice().value(layers.whole));
    assertThat(history.lattice().present(layers.view))
        .isEqualTo(history.lattice().present(layers.whole));
  }

  @Property
  void readsEveryCellAsIfFolded(@ForAll("histories") History history, @ForAll Random random) {
    Layers layers = Layers.of(history, random);

    for (Bytes id : layers.ids) {
      assertThat(layers.view.cell(id)).as("cell %s", id).isEqualTo(layers.whole.cell(id));
    }
    Bytes absent = Bytes.utf8("no such cell");
    assertThat(layers.view.cell(absent)).isNull();
  }

  @Property
  void readsAnyRangeOfCellsAsIfFoldedAndStopsWhenAsked(
      @ForAll("histories") History history, @ForAll Random random) {
    Layers layers = Layers.of(history, random);
    Bytes from = layers.anyId(random);
    Bytes to = layers.anyId(random);
    List<CellRange> ranges = new ArrayList<>();
    ranges.add(CellRange.ALL);
    ranges.add(CellRange.prefix(from));
    ranges.add(new CellRange(from, null));
    if (from.compareTo(to) <= 0) {
      ranges.add(new CellRange(from, to));
    }

    for (CellRange range : ranges) {
      for (int limit : new int[] {1, 2, Integer.MAX_VALUE}) {
        assertThat(layers.cells(layers.view, range, limit))
            .as("%s, at most %s", range, limit)
            .isEqualTo(layers.cells(layers.whole, range, limit));
      }
    }
  }

  @Property
  void anUpdateIsPreparedTheSameOverAViewAsOverTheFoldedState(
      @ForAll("histories") History history, @ForAll Random random) {
    Layers layers = Layers.of(history, random);

    for (Op op : history.ops().subList(0, Math.min(5, history.ops().size()))) {
      var next =
          new OperationId(op.id().replica(), op.id().sequence() + 1000, op.id().stamp() + 1000);
      assertThat(history.lattice().prepare(op.update(), layers.view, next))
          .isEqualTo(history.lattice().prepare(op.update(), layers.whole, next));
    }
  }
}
