package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.HashRange;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Stores of different interests agree on the keys that they share, in whatever order they meet. */
class PartialMeshTest {
  private static final int KEYS = 4;
  private static final int ROUNDS = Boolean.getBoolean("tidemark.nightly") ? 400 : 25;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private final List<Tidemark> stores = new ArrayList<>();

  private void open(List<Interest> interests) {
    for (int i = 0; i < interests.size(); i++) {
      Options options =
          QuietOptions.defaults()
              .withReplicaId(i + 1)
              .withClock(() -> 1_000_000)
              .withCacheBytes(2 << 20)
              .withInterest(interests.get(i));
      stores.add(audit.open(dir.resolve("" + i), EveryStrategy.SCHEMA, options));
    }
  }

  private static String randomKey(Random random) {
    Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
    return EveryStrategy.key(strategy, random.nextInt(KEYS));
  }

  /** One to three updates as one commit, of keys that the store may not hold. */
  private static void write(Tidemark store, Random random) {
    store.commit(
        batch -> {
          for (int i = random.nextInt(3); i >= 0; i--) {
            String key = randomKey(random);
            Strategy strategy = batch.key(key).strategy();
            batch
                .key(key)
                .update(
                    EveryStrategy.update(
                        strategy, random.nextInt(24), random.nextInt(6), random.nextInt(9)));
          }
        });
  }

  private void pull(int from, int to) {
    try (Exchange exchange = new Exchange(stores.get(from), stores.get(to))) {
      exchange.pull();
    }
  }

  /** Until nobody has anything for another any more. */
  private void meetUntilQuiet() {
    boolean news = true;
    while (news) {
      news = false;
      for (int from = 0; from < stores.size(); from++) {
        for (int to = 0; to < stores.size(); to++) {
          if (from != to) {
            try (Exchange exchange = new Exchange(stores.get(from), stores.get(to))) {
              news |= exchange.pull() > 0;
            }
          }
        }
      }
    }
  }

  private void expectAgreement(long seed) {
    for (Tidemark one : stores) {
      assertThat(one.vector()).as("seed %d", seed).isEqualTo(stores.get(0).vector());
      for (Tidemark other : stores) {
        for (Strategy strategy : Strategy.values()) {
          for (int number = 0; number < KEYS; number++) {
            String key = EveryStrategy.key(strategy, number);
            Bytes bytes = Bytes.utf8(key);
            if (one.interest().covers(bytes) && other.interest().covers(bytes)) {
              assertThat(other.value(key)).as("seed %d, %s", seed, key).isEqualTo(one.value(key));
            }
          }
        }
      }
    }
  }

  private void run(long seed, boolean cuts) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Tidemark store = stores.get(random.nextInt(stores.size()));
      switch (random.nextInt(8)) {
        case 0 -> store.flush();
        case 1 -> {
          store.roll();
          store.compact();
        }
        case 2 -> {
          if (cuts) {
            store.truncate();
          }
        }
        case 3, 4 -> pull(random.nextInt(stores.size()), random.nextInt(stores.size()));
        default -> write(store, random);
      }
    }
    meetUntilQuiet();
    expectAgreement(seed);
  }

  @Test
  void withOneStoreThatHoldsAll() {
    long middle = Long.MAX_VALUE;
    open(
        List.of(
            Interest.ALL,
            Interest.ofRanges(List.of(new HashRange(0, middle))),
            Interest.ofRanges(List.of(new HashRange(middle + 1, -1))),
            Interest.ofPrefixes(Set.of("or-", "journal/")),
            Interest.NONE));
    run(11, true);
  }

  /** Nobody holds all keys: what one writes reaches each owner from it. */
  @Test
  void withTheSharesOfARing() {
    Ring ring = Ring.first(Set.of("n0", "n1", "n2", "n3"), 16, 2);
    open(ring.members().stream().map(ring::interest).toList());
    run(12, false);
  }
}
