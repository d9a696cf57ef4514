package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.names;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state whose tables become too large for their filters and indexes to be kept whole. */
class OutgrownStateTest {
  private static final StateOptions TINY = new StateOptions(1 << 20, 1 << 20, 64);
  private static final int LARGE_VALUES = 10;

  @TempDir private Path directory;

  private StateStore open() {
    return StateStore.open(directory, States.CART_AND_NAMES, TINY);
  }

  /** Values that do not compress, of more than eight times the cache. */
  private static void outgrow(StateStore store) {
    Random random = new Random(1);
    for (int i = 0; i < LARGE_VALUES; i++) {
      StringBuilder value = new StringBuilder();
      random.ints(1 << 20, ' ', '~').forEach(value::appendCodePoint);
      fold(store, names(store), "name:large-" + i, set(value.toString(), i + 1));
    }
    store.flush();
  }

  private static void foldOneMore(StateStore store) {
    fold(store, names(store), "name:last", set("Bob", 1));
    store.flush();
  }

  @Test
  void keepsFiltersAndIndexesWholeWhileItIsSmall() throws Exception {
    try (StateStore store = open()) {
      foldOneMore(store);
      store.fitToSize();
      foldOneMore(store);
      assertThat(TableLayout.anyInParts(directory)).isFalse();
    }
  }

  @Test
  void writesThemInPartsOnceItIsLargeWhileOpen() throws Exception {
    try (StateStore store = open()) {
      outgrow(store);
      store.fitToSize();
      foldOneMore(store);
      assertThat(TableLayout.anyInParts(directory)).isTrue();
      assertThat(store.progress().applied()).isEqualTo(LARGE_VALUES + 1);
      assertThat(store.flushedPosition()).isEqualTo(LARGE_VALUES + 1);
      assertThat(States.mismatches(store)).isEmpty();
    }
  }

  @Test
  void writesThemInPartsWhenItIsOpenedLarge() throws Exception {
    try (StateStore store = open()) {
      outgrow(store);
    }
    try (StateStore store = open()) {
      foldOneMore(store);
      assertThat(TableLayout.anyInParts(directory)).isTrue();
      assertThat(States.mismatches(store)).isEmpty();
    }
  }

  @Test
  void takesNothingFromWhoHoldsAMomentOfIt() throws Exception {
    try (StateStore store = open()) {
      outgrow(store);
      try (Pin pin = store.pin()) {
        store.fitToSize();
        foldOneMore(store);
        assertThat(store.view(pin, names(store), utf8("name:large-0")).isStored()).isTrue();
        assertThat(store.view(pin, names(store), utf8("name:last")).isStored()).isFalse();
        assertThat(TableLayout.anyInParts(directory)).isFalse();
      }
      store.fitToSize();
      foldOneMore(store);
      assertThat(TableLayout.anyInParts(directory)).isTrue();
    }
  }

  @Test
  void keepsWhatIsFoldedAndNotFlushed() {
    try (StateStore store = open()) {
      outgrow(store);
      fold(store, names(store), "name:unflushed", set("Ann", 1));
      store.fitToSize();
      assertThat(store.view(names(store), utf8("name:unflushed")).isStored()).isTrue();
      assertThat(store.flushedPosition()).isEqualTo(store.progress().applied());
    }
  }
}
