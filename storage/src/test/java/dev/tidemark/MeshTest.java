package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
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
  private static final int ROUNDS = Boolean.getBoolean("tidemark.nightly") ? 60 : 4;

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
            .withCacheBytes(2 << 20);
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

  /** Each hears from each, over exchanges that know nothing of earlier ones. */
  private void meet() {
    for (int to = 0; to < STORES; to++) {
      for (int step = 1; step < STORES; step++) {
        int from = (to + step) % STORES;
        try (Exchange exchange = new Exchange(stores.get(from), stores.get(to))) {
          exchange.pull();
        }
        write(random.nextInt(2));
      }
    }
  }

  private static long runs(Tidemark store) {
    return store.log().segments().stream().filter(SegmentInfo::isFolded).count();
  }

  private static long runBytes(Tidemark store) {
    return store.log().segments().stream()
        .filter(SegmentInfo::isFolded)
        .mapToLong(SegmentInfo::bytes)
        .sum();
  }

  @Test
  void oneCutGivesEachOtherStoreOneStateAtMost() {
    write(20);
    meet();
    write(5);
    ForcedFold.truncateAll(stores.get(0));
    meet();
    List<Long> afterTheCut = stores.stream().map(MeshTest::runs).toList();
    List<Long> runBytes = stores.stream().map(MeshTest::runBytes).toList();
    for (int round = 0; round < ROUNDS; round++) {
      if (round == ROUNDS / 2) {
        stores.get(0).close();
        stores.set(0, open(0));
        stores.get(1).close();
        stores.set(1, open(1));
      }
      meet();
    }

    System.out.println(
        "runs " + afterTheCut + ", bytes " + stores.stream().map(MeshTest::runBytes).toList());
    assertThat(afterTheCut.get(0)).isZero();
    assertThat(afterTheCut).allMatch(runs -> runs <= 1);
    assertThat(stores.stream().map(MeshTest::runs)).isEqualTo(afterTheCut);
  }
}
