package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A store whose interest shrinks and grows in a cluster that forgets whenever it may, beside two
 * that always hold all: whenever it has come to hold keys it shows of them what the others show.
 */
class WideningModelTest {
  private static final int PART = 0;
  private static final int STORES = 3;
  private static final int STEPS = 150;
  private static final int KEYS = 2;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final Tidemark[] stores = new Tidemark[STORES];
  private long widened;
  private long forgotten;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Boolean.getBoolean("tidemark.nightly") ? 300 : 3);
  }

  private Tidemark open(int index, Interest interest) {
    Options options =
        QuietOptions.defaults()
            .withReplicaId(index + 1L)
            .withClock(now::get)
            .withInterest(interest);
    return audit.open(dir.resolve("" + index), EveryStrategy.SCHEMA, options);
  }

  private static Interest someKeys(Random random) {
    return Interest.ofPrefixes(
        Stream.of(Strategy.values())
            .filter(strategy -> random.nextInt(3) > 0)
            .map(strategy -> EveryStrategy.key(strategy, 0))
            .toList());
  }

  private void pull(int from, int to) {
    try (Exchange exchange = new Exchange(stores[from], stores[to])) {
      exchange.pull();
    }
  }

  private int other(int store, Random random) {
    return (store + 1 + random.nextInt(STORES - 1)) % STORES;
  }

  private void found(Random random) {
    stores[PART] = open(PART, someKeys(random));
    for (int i = 1; i < STORES; i++) {
      stores[i] = open(i, Interest.ALL);
    }
    stores[1].members().found();
    for (int i = 0; i < STORES; i++) {
      if (i != 1) {
        stores[1].members().admit(i + 1L);
        pull(1, i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aStoreThatComesToHoldKeysShowsWhatOthersShow(long seed) {
    Random random = new Random(seed);
    found(random);
    for (int step = 0; step < STEPS; step++) {
      int store = random.nextInt(STORES);
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3, 4, 5, 6 -> update(store, random);
        case 7, 8, 9, 10 -> pull(store, other(store, random));
        case 11 -> {
          stores[store].roll();
          stores[store].compact();
        }
        case 12 -> narrow(random);
        case 13 -> widen(random);
        default -> collect(store);
      }
    }
    widen(random);
    assertThat(widened).as("times that it came to hold keys").isPositive();
    assertThat(forgotten).as("keys and cells forgotten").isPositive();
  }

  private void update(int store, Random random) {
    Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
    now.incrementAndGet();
    stores[store].update(
        EveryStrategy.key(strategy, random.nextInt(KEYS)),
        EveryStrategy.update(strategy, random.nextInt(8), random.nextInt(6), random.nextInt(9)));
  }

  /** Also of keys that are held again later, and of which something is left by then. */
  private void narrow(Random random) {
    Interest held = stores[PART].interest();
    List<Interest.Part> kept =
        (held.isAll() ? someKeys(random) : held)
            .parts().stream().filter(part -> random.nextInt(3) > 0).toList();
    stores[PART].close();
    stores[PART] = open(PART, Interest.of(kept));
  }

  private void widen(Random random) {
    Interest held = stores[PART].interest();
    Interest wider = random.nextBoolean() ? Interest.ALL : held.union(someKeys(random));
    int from = 1 + random.nextInt(STORES - 1);
    now.incrementAndGet();
    // The other must have what all have, and what this one did to keys that it does not hold.
    pull(STORES - from, from);
    pull(PART, from);
    try (Exchange exchange = new Exchange(stores[from], stores[PART])) {
      assertThat(exchange.widen(wider)).isTrue();
    }
    assertThat(stores[PART].interest()).isEqualTo(wider);
    widened += wider.equals(held) ? 0 : 1;
    pull(PART, from);
    pull(from, PART);
    compare(from);
  }

  private void compare(int from) {
    Interest held = stores[PART].interest();
    for (Strategy strategy : Strategy.values()) {
      for (int i = 0; i < KEYS; i++) {
        String key = EveryStrategy.key(strategy, i);
        if (held.covers(Bytes.utf8(key))) {
          assertThat(stores[PART].value(key)).as(key).isEqualTo(stores[from].value(key));
        }
      }
    }
  }

  private void collect(int store) {
    now.incrementAndGet();
    stores[store].members().acknowledge();
    var report = stores[store].collect();
    forgotten += report.forgottenKeys() + report.forgottenCells();
  }
}
