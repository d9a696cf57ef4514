package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.carts;
import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.names;
import static dev.tidemark.storage.state.States.origin;
import static dev.tidemark.storage.state.States.put;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldBatchTest {
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
  void nothingOfABatchShowsBeforeItIsCommitted() {
    try (FoldBatch batch = store.fold()) {
      batch.join(carts(store), utf8("cart:1"), put("apple", "2", 1));
      batch.progress(7, 9, origin(1, 1));

      assertThat(store.view(carts(store), utf8("cart:1")).isStored()).isFalse();
      assertThat(store.progress()).isEqualTo(Progress.NONE);
    }
    assertThat(store.view(carts(store), utf8("cart:1")).isStored()).isFalse();
    assertThat(store.progress()).isEqualTo(Progress.NONE);
  }

  @Test
  void cellsAndProgressOfABatchShowTogether() {
    Pin before = store.pin();
    try (FoldBatch batch = store.fold()) {
      batch.join(carts(store), utf8("cart:1"), put("apple", "2", 1));
      batch.join(names(store), utf8("name:1"), set("Ann", 1));
      batch.progress(7, 9, origin(-5, 1));
      batch.commit();
    }
    try (Pin after = store.pin()) {
      assertThat(before.progress()).isEqualTo(Progress.NONE);
      assertThat(store.view(before, carts(store), utf8("cart:1")).isStored()).isFalse();
      assertThat(after.progress()).isEqualTo(store.progress());
      assertThat(after.progress().applied()).isEqualTo(7);
      assertThat(after.progress().clock()).isEqualTo(9);
      assertThat(after.progress().vector()).isEqualTo(VersionVector.of(-5, 1));
      assertThat(store.view(after, carts(store), utf8("cart:1")).liveCells()).isEqualTo(1);
      assertThat(store.view(after, names(store), utf8("name:1")).isStored()).isTrue();
    }
    before.close();
  }

  @Test
  void progressAndFloorAreThereAfterReopening() {
    Floor floor = new Floor(4, VersionVector.of(2, 3));
    try (FoldBatch batch = store.fold()) {
      batch.join(names(store), utf8("name:1"), set("Ann", 1));
      batch.progress(7, 7, origin(1, 1));
      batch.floor(floor);
      batch.commit();
    }
    fold(store, names(store), "name:2", set("Bob", 2));
    Progress before = store.progress();

    store.close();
    open();

    assertThat(store.progress()).isEqualTo(before);
    assertThat(store.progress().applied()).isEqualTo(8);
    assertThat(store.floor()).isEqualTo(floor);
    assertThat(store.flushedPosition()).isEqualTo(8);
  }

  @Test
  void rowsOfOtherReplicasStayAsTheyWere() {
    try (FoldBatch batch = store.fold()) {
      batch.progress(1, 1, origin(1, 10));
      batch.commit();
    }
    try (FoldBatch batch = store.fold()) {
      batch.progress(2, 2, origin(-1, 20));
      batch.commit();
    }
    assertThat(store.progress().origins().keySet()).containsExactly(1L, -1L);
    assertThat(store.progress().origin(1).sequence()).isEqualTo(10);
  }

  /** The second join would read the key as it was before the first. */
  @Test
  void keyThatComesTwiceOrOutOfOrderIsRefused() {
    try (FoldBatch batch = store.fold()) {
      batch.join(names(store), utf8("name:2"), set("Ann", 1));

      assertThatThrownBy(() -> batch.join(names(store), utf8("name:2"), set("Bob", 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not ascending");
      assertThatThrownBy(() -> batch.join(names(store), utf8("name:1"), set("Bob", 2)))
          .isInstanceOf(IllegalArgumentException.class);
      batch.join(carts(store), utf8("cart:1"), put("apple", "2", 3));
    }
  }

  @Test
  void secondBatchHasToWaitForTheFirst() {
    FoldBatch first = store.fold();
    assertThatThrownBy(store::fold)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("open already");
    first.close();
    store.fold().close();
  }

  @Test
  void batchWithoutProgressIsNotCommitted() {
    try (FoldBatch batch = store.fold()) {
      batch.join(names(store), utf8("name:1"), set("Ann", 1));
      assertThatThrownBy(batch::commit)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("how far");
    }
  }

  @Test
  void stateIsNotFoldedBackwards() {
    fold(store, names(store), "name:1", set("Ann", 1));
    try (FoldBatch batch = store.fold()) {
      assertThatThrownBy(() -> batch.progress(0, 5, origin(1, 1)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("backwards");
    }
  }

  /** Half of a key in the batch, committed later, would be a state that no join can make. */
  @Test
  void batchInWhichAJoinFailedIsNotCommitted() {
    try (FoldBatch batch = store.fold()) {
      KeyDelta broken = KeyDelta.of(new byte[0], utf8("apple"), new byte[] {1});
      assertThatThrownBy(() -> batch.join(carts(store), utf8("cart:1"), broken)).isNotNull();

      assertThatThrownBy(() -> batch.progress(1, 1, origin(1, 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("failed");
      assertThatThrownBy(batch::commit).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void foldingTheSameDeltaAgainWritesNoRecord() {
    fold(store, carts(store), "cart:1", put("apple", "2", 1));
    try (FoldBatch batch = store.fold()) {
      long empty = batch.bytes();
      batch.join(carts(store), utf8("cart:1"), put("apple", "2", 1));
      assertThat(batch.bytes()).isEqualTo(empty);
      batch.join(carts(store), utf8("cart:2"), put("apple", "2", 1));
      assertThat(batch.bytes()).isGreaterThan(empty);
    }
  }

  @Test
  void deleteOfAMapLeavesNoCells() {
    States.foldMap(store, "cart:1", 1000);
    assertThat(store.view(carts(store), utf8("cart:1")).liveCells()).isEqualTo(1000);

    fold(store, carts(store), "cart:1", States.delete(5000));

    StoredKey deleted = store.view(carts(store), utf8("cart:1"));
    assertThat(deleted.liveCells()).isZero();
    assertThat(States.copy(deleted).cells()).isEmpty();
    assertThat(States.mismatches(store)).isEmpty();
  }

  @Test
  void namespaceOfAnotherStoreIsRefused() {
    try (FoldBatch batch = store.fold()) {
      Namespace foreign = new Namespace(Bytes.utf8("other:"), Strategy.LWW_REGISTER);
      assertThatThrownBy(() -> batch.join(foreign, utf8("other:1"), set("Ann", 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not of this store");
      batch.join(names(store), utf8("name:1"), set("Ann", 1));
    }
  }
}
