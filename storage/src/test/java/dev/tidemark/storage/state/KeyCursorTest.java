package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.carts;
import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.keys;
import static dev.tidemark.storage.state.States.names;
import static dev.tidemark.storage.state.States.put;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCursorTest {
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
  void emptyNamespaceHasNoKeys() {
    assertThat(keys(store, names(store), KeyRange.ALL)).isEmpty();
  }

  @Test
  void keysComeInByteOrderWithTheirHeads() {
    for (String key : List.of("name:b", "name:a", "name:a\0", "name:a\0\0", "name:a\u0001")) {
      fold(store, names(store), key, set(key, store.progress().applied() + 1));
    }
    assertThat(keys(store, names(store), KeyRange.ALL))
        .containsExactly("name:a", "name:a\0", "name:a\0\0", "name:a\u0001", "name:b");
    try (Pin pin = store.pin();
        KeyCursor cursor = store.keys(pin, names(store), KeyRange.ALL)) {
      cursor.next();
      StoredKey first = store.view(pin, names(store), utf8("name:a"));
      assertThat(cursor.head()).isEqualTo(first.head());
      assertThat(cursor.digest()).isEqualTo(first.digest());
    }
  }

  @Test
  void rangeStartsAtAKeyOrAfterItAndEndsBeforeAnother() {
    for (String key : List.of("name:a", "name:a\0", "name:b", "name:c")) {
      fold(store, names(store), key, set(key, store.progress().applied() + 1));
    }
    KeyRange all = KeyRange.ALL;

    assertThat(keys(store, names(store), all.startingAt(utf8("name:b"))))
        .containsExactly("name:b", "name:c");
    assertThat(keys(store, names(store), all.after(utf8("name:a"))))
        .containsExactly("name:a\0", "name:b", "name:c");
    assertThat(keys(store, names(store), new KeyRange(utf8("name:a"), utf8("name:b"))))
        .containsExactly("name:a", "name:a\0");
    assertThat(keys(store, names(store), KeyRange.prefix(utf8("name:a")).after(utf8("name:a"))))
        .containsExactly("name:a\0");
  }

  @Test
  void prefixOfHighestBytesHasNoEndAndStillOnlyItsKeys() {
    store.close();
    store =
        StateStore.open(
            directory.resolve("raw"), Schema.of("", Strategy.LWW_REGISTER), States.SMALL);
    Namespace everything = States.namespace(store, "");
    List<Bytes> keys =
        List.of(States.hex("fe"), States.hex("ff"), States.hex("ff00"), States.hex("ffff"));
    try (FoldBatch batch = store.fold()) {
      keys.forEach(key -> batch.join(everything, key, set("x", 1)));
      batch.progress(1, 1, States.origin(1, 1));
      batch.commit();
    }
    List<Bytes> found = new ArrayList<>();
    try (Pin pin = store.pin();
        KeyCursor cursor = store.keys(pin, everything, KeyRange.prefix(States.hex("ff")))) {
      while (cursor.next()) {
        found.add(cursor.key());
      }
    }
    assertThat(found).isEqualTo(keys.subList(1, 4));
  }

  /**
   * A namespace whose keys have many cells is listed by its keys: nobody walks over a million
   * cells.
   */
  @Test
  void keyWithManyCellsCostsAsManyStepsAsOneWithFew() {
    fold(store, carts(store), "cart:1", put("apple", "2", 1));
    States.foldMap(store, "cart:2", 100_000);
    fold(store, carts(store), "cart:3", put("apple", "2", 1));
    fold(store, carts(store), "cart:4", put("apple", "2", 1));

    try (Pin pin = store.pin();
        KeyCursor cursor = store.keys(pin, carts(store), KeyRange.ALL)) {
      List<Long> live = new ArrayList<>();
      while (cursor.next()) {
        live.add(cursor.liveCells());
      }
      assertThat(live).containsExactly(1L, 100_000L, 1L, 1L);
      assertThat(cursor.steps()).isLessThan(20);
    }
  }

  /** The count says nothing of cells that no reader sees, of which there may be as many. */
  @Test
  void keyWithManyTombstonesCostsFewStepsToo() {
    States.foldMap(store, "cart:1", 10);
    for (int i = 0; i < 500; i++) {
      fold(store, carts(store), "cart:1", States.remove("gone-" + i, i + 1));
    }
    fold(store, carts(store), "cart:2", put("apple", "2", 1));

    try (Pin pin = store.pin();
        KeyCursor cursor = store.keys(pin, carts(store), KeyRange.ALL)) {
      while (cursor.next()) {}
      assertThat(cursor.steps()).isLessThan(40);
    }
  }

  @Test
  void cursorSeesTheMomentOfItsPinAndOutlivesIt() {
    fold(store, names(store), "name:1", set("Ann", 1));
    Pin pin = store.pin();
    KeyCursor cursor = store.keys(pin, names(store), KeyRange.ALL);
    fold(store, names(store), "name:2", set("Bob", 2));
    pin.close();
    store.flush();

    assertThat(cursor.next()).isTrue();
    assertThat(cursor.next()).isFalse();
    assertThat(cursor.next()).isFalse();
    cursor.close();
    cursor.close();
    assertThatThrownBy(cursor::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cursor is closed");
  }

  @Test
  void cursorThatStandsOnNoKeySaysSo() {
    try (Pin pin = store.pin();
        KeyCursor cursor = store.keys(pin, names(store), KeyRange.ALL)) {
      assertThatThrownBy(cursor::key)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("stands on no key");
    }
  }
}
