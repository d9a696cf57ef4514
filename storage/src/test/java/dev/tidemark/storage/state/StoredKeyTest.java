package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.carts;
import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.put;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredKeyTest {
  @TempDir private Path directory;
  private StateStore store;

  @BeforeEach
  void open() {
    store = States.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void keyThatWasNeverTouchedIsTheBottomOfItsStrategy() {
    for (Strategy strategy : Strategy.values()) {
      Path own = directory.resolve(strategy.id().replace(':', '-'));
      try (StateStore one = StateStore.open(own, Schema.of("k", strategy), States.SMALL)) {
        StoredKey key = one.view(States.namespace(one, "k"), utf8("k1"));

        assertThat(key.isStored()).isFalse();
        assertThat(key.head()).isEqualTo(strategy.lattice().bottom());
        assertThat(key.liveCells()).isZero();
        assertThat(key.digest()).isZero();
        assertThat(key.cell(utf8("x"))).isNull();
        assertThat(States.copy(key).cells()).isEmpty();
      }
    }
  }

  @Test
  void cellsOfNeighbouringKeysAreNotMixedUp() {
    for (String key : List.of("cart:", "cart:\0", "cart:\0\0", "cart:\u0001")) {
      fold(store, carts(store), key, put("field of " + key.length(), "x", 1));
      fold(store, carts(store), key, put("", key, 2));
    }
    for (String key : List.of("cart:", "cart:\0", "cart:\0\0", "cart:\u0001")) {
      StoredKey stored = store.view(carts(store), utf8(key));
      assertThat(States.copy(stored).cells().keySet())
          .containsExactly(Bytes.EMPTY, utf8("field of " + key.length()));
      assertThat(stored.liveCells()).isEqualTo(2);
    }
  }

  @Test
  void rangeOfCellsIsReadAlone() {
    for (String field : List.of("a", "b", "b\0", "ba", "c")) {
      fold(store, carts(store), "cart:1", put(field, "x", 1));
    }
    StoredKey key = store.view(carts(store), utf8("cart:1"));

    assertThat(fields(key, CellRange.prefix(utf8("b")), 9)).containsExactly("b", "b\0", "ba");
    assertThat(fields(key, new CellRange(utf8("b\0"), null), 9)).containsExactly("b\0", "ba", "c");
    assertThat(fields(key, new CellRange(utf8("b"), utf8("b")), 9)).isEmpty();
    assertThat(fields(key, CellRange.ALL, 2)).containsExactly("a", "b");
  }

  private static List<String> fields(StoredKey key, CellRange range, int limit) {
    List<String> fields = new ArrayList<>();
    key.cells(
        range,
        (id, cell) -> {
          fields.add(id.toUtf8());
          return fields.size() < limit;
        });
    return fields;
  }
}
