package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores each of which holds a piece of all keys, and one that holds none: what one comes to hold
 * it gets from several, of which each has a part, and shows of it then what they show.
 */
class WideningByPiecesTest {
  private static final Ring RING = Ring.first(Set.of("n0", "n1", "n2"), 4, 1);
  private static final int STORES = 4;
  private static final int STEPS = 120;
  private static final int KEYS = 2;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private final List<Tidemark> stores = new ArrayList<>();
  private long widened;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Boolean.getBoolean("tidemark.nightly") ? 200 : 2);
  }

  private Tidemark open(int index, Interest interest) {
    Options options =
        QuietOptions.defaults()
            .withReplicaId(index + 1L)
            .withClock(() -> 1_000_000)
            .withCacheBytes(2 << 20)
            .withInterest(interest);
    return audit.open(dir.resolve("" + index), EveryStrategy.SCHEMA, options);
  }

  private Tidemark any(Random random) {
    return stores.get(random.nextInt(STORES));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aStoreGetsFromEachWhatThatHolds(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < STORES; i++) {
      stores.add(open(i, RING.interest("n" + i)));
    }
    assertThat(stores.get(STORES - 1).interest()).isEqualTo(Interest.NONE);
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(16)) {
        case 0 -> any(random).flush();
        case 1 -> {
          Tidemark store = any(random);
          store.roll();
          store.compact();
        }
        case 2 -> reopen(random.nextInt(STORES), random);
        case 3 -> widen(any(random), any(random), random);
        case 4, 5, 6, 7 -> pull(any(random), any(random));
        default -> update(any(random), random);
      }
    }
    growToAll(random);
    assertThat(widened).as("times that one came to hold keys").isGreaterThan(STORES);
  }

  /** Of the keys that it holds, as where owners alone may write. */
  private static void update(Tidemark store, Random random) {
    Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
    String key = EveryStrategy.key(strategy, random.nextInt(KEYS));
    if (store.interest().covers(Bytes.utf8(key))) {
      store.update(
          key,
          EveryStrategy.update(strategy, random.nextInt(8), random.nextInt(6), random.nextInt(9)));
    }
  }

  /** What nobody else held would be lost: so it lets go of what it has got beside its own piece. */
  private void reopen(int index, Random random) {
    Interest held = stores.get(index).interest();
    stores.get(index).close();
    Interest kept = random.nextBoolean() ? held : RING.interest("n" + index);
    stores.set(index, open(index, kept));
  }

  private static void pull(Tidemark from, Tidemark to) {
    if (from != to) {
      try (Exchange exchange = new Exchange(from, to)) {
        exchange.pull();
      }
    }
  }

  private void meetUntilQuiet() {
    boolean news = true;
    while (news) {
      news = false;
      for (Tidemark from : stores) {
        for (Tidemark to : stores) {
          if (from != to) {
            try (Exchange exchange = new Exchange(from, to)) {
              news |= exchange.pull() > 0;
            }
          }
        }
      }
    }
  }

  private void widen(Tidemark from, Tidemark to, Random random) {
    Interest piece = RING.interest("n" + random.nextInt(STORES - 1));
    Interest keys = to.interest().lacking(piece, from.interest());
    if (from == to || keys.equals(Interest.NONE)) {
      return;
    }
    meetUntilQuiet();
    Interest wider = to.interest().union(keys);
    try (Exchange exchange = new Exchange(from, to)) {
      assertThat(exchange.widen(keys)).isTrue();
    }
    assertThat(to.interest()).isEqualTo(wider);
    widened++;
    expectAgreement();
  }

  private void growToAll(Random random) {
    for (Tidemark to : stores) {
      for (Tidemark from : stores) {
        for (int i = 0; i < 8; i++) {
          widen(from, to, random);
        }
      }
    }
    Tidemark last = stores.get(STORES - 1);
    for (Tidemark from : stores) {
      meetUntilQuiet();
      try (Exchange exchange = new Exchange(from, last)) {
        assertThat(exchange.widen(last.interest().lacking(Interest.ALL, from.interest()))).isTrue();
      }
    }
    assertThat(last.interest()).isEqualTo(Interest.ALL);
    meetUntilQuiet();
    expectAgreement();
  }

  private void expectAgreement() {
    for (Strategy strategy : Strategy.values()) {
      for (int number = 0; number < KEYS; number++) {
        String key = EveryStrategy.key(strategy, number);
        List<Tidemark> holders =
            stores.stream().filter(s -> s.interest().covers(Bytes.utf8(key))).toList();
        for (Tidemark one : holders) {
          assertThat(one.value(key)).as(key).isEqualTo(holders.get(0).value(key));
        }
      }
    }
  }
}
