package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a log is read from for somebody who has seen some of it. */
class LackingCommitsTest {
  @TempDir Path directory;

  private Tidemark open() {
    Options options = QuietOptions.defaults().withReplicaId(1);
    return Tidemark.open(directory.resolve("store"), Schema.of("c/", Strategy.PN_COUNTER), options);
  }

  /** Three segments of three commits each, the last one open. */
  private static void fill(Tidemark store) {
    for (int i = 0; i < 9; i++) {
      if (i > 0 && i % 3 == 0) {
        store.roll();
      }
      store.pnCounter("c/x").increment(1);
    }
    store.sync();
  }

  private static long first(Tidemark store, long seen) {
    try (CommitStream stream = store.commitsLacking(VersionVector.of(1, seen))) {
      assertThat(stream).isNotNull();
      return stream.next() ? stream.position() : 0;
    }
  }

  @Test
  void segmentsThatHoldNothingNewAreNotRead() {
    try (Tidemark store = open()) {
      fill(store);
      assertThat(first(store, 1)).isEqualTo(1);
      assertThat(first(store, 3)).isEqualTo(4);
      assertThat(first(store, 5)).isEqualTo(4);
      assertThat(first(store, 6)).isEqualTo(7);
      assertThat(first(store, 9)).isEqualTo(7);
    }
  }

  private static long first(Tidemark store, long seen, long reached) {
    try (CommitStream stream = store.commitsLacking(VersionVector.of(1, seen), reached)) {
      assertThat(stream).isNotNull();
      return stream.next() ? stream.position() : 0;
    }
  }

  @Test
  void whoWasHereBeforeGoesOnInsideASegment() {
    try (Tidemark store = open()) {
      fill(store);
      assertThat(first(store, 5, 5)).isEqualTo(6);
      assertThat(first(store, 6, 5)).isEqualTo(7);
      assertThat(first(store, 8, 8)).isEqualTo(9);
      assertThat(first(store, 9, 9)).isZero();
      assertThat(first(store, 9, 100)).isZero();
      assertThat(first(store, 5, -1)).isEqualTo(4);
    }
  }

  @Test
  void aPositionThatTheVectorDoesNotBearOutCountsForNothing() {
    try (Tidemark store = open()) {
      fill(store);
      assertThat(first(store, 1, 3)).isEqualTo(1);
      assertThat(first(store, 1, 8)).isEqualTo(1);
      assertThat(first(store, 5, 9)).isEqualTo(4);
    }
  }

  @Test
  void whoLacksWhatIsCutOffGetsNone() {
    try (Tidemark store = open()) {
      fill(store);
      store.truncate();
      assertThat(store.commitsLacking(VersionVector.of(1, 3))).isNull();
      assertThat(first(store, 9)).isZero();
    }
  }

  @Test
  void equalHistoriesHaveEqualHashesAndOthersHaveNot() {
    try (Tidemark store = open();
        Tidemark other =
            Tidemark.open(
                directory.resolve("other"),
                Schema.of("c/", Strategy.PN_COUNTER),
                Options.defaults().withReplicaId(2));
        Tidemark copy =
            Tidemark.open(
                directory.resolve("copy"),
                Schema.of("c/", Strategy.PN_COUNTER),
                Options.defaults().withReplicaId(1))) {
      store.pnCounter("c/x").increment(1);
      copy.pnCounter("c/x").increment(2);
      try (Exchange exchange = new Exchange(store, other)) {
        exchange.pull();
      }
      long ours = store.histories().get(0).chainAfter();
      assertThat(other.histories().get(0).chainAfter()).isEqualTo(ours);
      assertThat(copy.histories().get(0).chainAfter()).isNotEqualTo(ours);
    }
  }
}
