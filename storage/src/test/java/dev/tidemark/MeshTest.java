package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.log.SegmentInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everybody writes and hears from everybody, and one log is cut. In other stores snapshots breed
 * from then on: who got one has a log that does not reach back either, and needs to hand on one.
 */
class MeshTest {
  private static final int STORES = 8;
  private static final int ROUNDS = Boolean.getBoolean("tidemark.nightly") ? 60 : 3;

  @TempDir private Path dir;
  private final List<Tidemark> stores = new ArrayList<>();
  private final Random random = new Random(5);
  private long now = 1_000_000;

  @BeforeEach
  void open() {
    for (int i = 0; i < STORES; i++) {
      stores.add(open(i));
    }
  }

  private Tidemark open(int number) {
    Options options =
        Options.defaults()
            .withReplicaId(number + 1)
            .withClock(() -> now)
            .withSegmentBytes(64 << 10)
            .withCacheBytes(2 << 20)
            .withCompactionBytesPerSecond(0)
            // A log that was cut without a snapshot would be cut again by itself.
            .withRetention(Retention.byCommandOnly());
    return Tidemark.open(dir.resolve(Integer.toString(number)), EveryStrategy.SCHEMA, options);
  }

  @AfterEach
  void close() {
    stores.forEach(Tidemark::close);
    for (int i = 0; i < STORES; i++) {
      StoreAudit.check(dir.resolve(Integer.toString(i)));
    }
  }

  private void write(int times) {
    for (Tidemark store : stores) {
      for (int i = 0; i < times; i++) {
        now++;
        Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
        store.update(
            EveryStrategy.key(strategy, 0),
            EveryStrategy.update(strategy, random.nextInt(24), random.nextInt(6), i));
      }
    }
  }

  /**
   * Each hears from each, over exchanges that know nothing of earlier ones.
   *
   * @return how many states each got
   */
  private List<Long> meet() {
    List<Long> states = new ArrayList<>();
    for (int to = 0; to < STORES; to++) {
      long taken = 0;
      for (int step = 1; step < STORES; step++) {
        int from = (to + step) % STORES;
        try (Exchange exchange = new Exchange(stores.get(from), stores.get(to))) {
          exchange.pull();
          taken += exchange.states();
        }
        write(random.nextInt(2));
      }
      states.add(taken);
    }
    return states;
  }

  private List<Long> runs() {
    return stores.stream()
        .map(store -> store.log().segments().stream().filter(SegmentInfo::isFolded).count())
        .toList();
  }

  @Test
  void oneCutGivesEachOtherStoreOneStateAtMost() {
    write(20);
    meet();
    write(5);
    ForcedFold.truncateAll(stores.get(0));
    List<Long> states = meet();
    assertThat(states).hasSize(STORES).allMatch(taken -> taken <= 1);
    assertThat(states.get(0)).isZero();
    assertThat(states).as("who had not seen all that was cut").contains(1L);

    for (int round = 0; round < ROUNDS; round++) {
      if (round == ROUNDS / 2) {
        for (int restarted = 0; restarted < 2; restarted++) {
          stores.get(restarted).close();
          stores.set(restarted, open(restarted));
        }
      }
      assertThat(meet()).as("states after the cut").containsOnly(0L);
    }
    List<Long> runs = runs();
    System.out.println("states " + states + ", runs in each log " + runs);
    meet();
    assertThat(runs()).as("runs are not handed round for ever").isEqualTo(runs);
  }
}
