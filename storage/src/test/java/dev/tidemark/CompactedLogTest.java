package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.compaction.Compactions;
import dev.tidemark.storage.log.SegmentInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is folded, and into what, the state is the join of the log. */
class CompactedLogTest {
  private static final int RUNS = Boolean.getBoolean("tidemark.nightly") ? 300 : 4;
  private static final int STEPS = 60;
  private static final int REPLICAS = 3;
  private static final int KEYS = 2;

  static LongStream seeds() {
    return LongStream.range(0, RUNS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theStateIsTheJoinOfTheCompactedLog(long seed) {
    Path root = Scratch.directory();
    try {
      new Run(root, new Random(seed)).run();
    } finally {
      Scratch.delete(root);
    }
  }

  private static final class Run {
    private final Path root;
    private final Random random;
    private final List<Tidemark> stores = new ArrayList<>();
    private long folded;

    Run(Path root, Random random) {
      this.root = root;
      this.random = random;
    }

    void run() {
      try {
        for (int i = 0; i < REPLICAS; i++) {
          stores.add(open(i));
        }
        for (int step = 0; step < STEPS; step++) {
          step(random.nextInt(REPLICAS));
        }
        assertThat(folded).isPositive();
        for (int round = 0; round < 2; round++) {
          for (int i = 0; i < REPLICAS; i++) {
            pull(i, (i + 1) % REPLICAS);
          }
        }
        expectSameValues();
      } finally {
        stores.forEach(Tidemark::close);
      }
      for (int i = 0; i < REPLICAS; i++) {
        StoreAudit.check(directory(i));
      }
    }

    private Path directory(int replica) {
      return root.resolve("r" + replica);
    }

    private Tidemark open(int replica) {
      Options options =
          Options.defaults().withReplicaId(replica + 1).withCompactionBytesPerSecond(0);
      return Tidemark.open(directory(replica), EveryStrategy.SCHEMA, options);
    }

    private void step(int replica) {
      Tidemark store = stores.get(replica);
      switch (random.nextInt(10)) {
        case 0 -> store.roll();
        case 1, 2 -> fold(store);
        case 3 -> pull(random.nextInt(REPLICAS), replica);
        case 4 -> {
          store.close();
          stores.set(replica, open(replica));
        }
        default -> update(store);
      }
    }

    private void update(Tidemark store) {
      for (int i = random.nextInt(40); i >= 0; i--) {
        Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
        store.update(
            EveryStrategy.key(strategy, random.nextInt(KEYS)),
            EveryStrategy.update(
                strategy, random.nextInt(8), random.nextInt(6), random.nextInt(50)));
      }
      store.roll();
    }

    private void fold(Tidemark store) {
      store.flush();
      List<SegmentInfo> sealed =
          store.log().segments().stream().filter(SegmentInfo::sealed).toList();
      if (!sealed.isEmpty()) {
        int from = random.nextInt(sealed.size());
        int to = from + 1 + random.nextInt(sealed.size() - from);
        Compactions.fold(store.log(), sealed.subList(from, to));
        folded++;
      }
    }

    private void pull(int from, int to) {
      if (from != to) {
        try (Exchange exchange = new Exchange(stores.get(from), stores.get(to))) {
          exchange.pull();
        }
      }
    }

    private void expectSameValues() {
      for (Strategy strategy : Strategy.values()) {
        for (int number = 0; number < KEYS; number++) {
          String key = EveryStrategy.key(strategy, number);
          for (Tidemark store : stores) {
            assertThat(store.value(key)).as(key).isEqualTo(stores.get(0).value(key));
          }
        }
      }
    }
  }
}
