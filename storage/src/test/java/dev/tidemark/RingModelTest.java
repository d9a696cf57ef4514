package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores that follow a ring, to which others come and from which they go, while all write where
 * they may, fold their logs, forget, and are opened anew: at any time somebody takes updates of a
 * key, and in the end its owners show what all updates come to.
 */
class RingModelTest {
  private static final int STORES = 5;
  private static final int STEPS = 240;
  private static final int KEYS = 2;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final Tidemark[] stores = new Tidemark[STORES];
  private final Exchange[] told = new Exchange[STORES];
  private final List<String> keys = new ArrayList<>();

  /** It hears of each update at once, and tells nobody. */
  private Tidemark all;

  private int lost = -1;
  private int rings;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Boolean.getBoolean("tidemark.nightly") ? 300 : 2);
  }

  private static String name(int store) {
    return "n" + store;
  }

  private void open(int store, Interest interest) {
    Options options = options(store).withRingMember(name(store)).withInterest(interest);
    stores[store] = audit.open(dir.resolve(name(store)), EveryStrategy.SCHEMA, options);
    told[store] = new Exchange(stores[store], all);
  }

  private Options options(int store) {
    return QuietOptions.defaults()
        .withReplicaId(store + 1L)
        .withClock(now::get)
        .withCacheBytes(2 << 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theOwnersOfAKeyShowAllUpdatesOfIt(long seed) {
    Random random = new Random(seed);
    for (Strategy strategy : Strategy.values()) {
      for (int i = 0; i < KEYS; i++) {
        keys.add(EveryStrategy.key(strategy, i));
      }
    }
    found(random);
    for (int step = 0; step < STEPS; step++) {
      int store = live(random);
      switch (random.nextInt(32)) {
        case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> update(store, random);
        case 10, 11, 12, 13, 14, 15, 16 -> pull(live(random), store);
        case 17, 18, 19, 20, 21 -> widen(live(random), store);
        case 22, 23, 24, 25 -> advance(store);
        case 26, 27 -> change(random);
        case 28 -> reopen(store, random);
        case 29 -> {
          stores[store].roll();
          stores[store].compact();
        }
        case 30 -> collect(store);
        default -> lose(store, random);
      }
      expectThatSomebodyTakesUpdates();
    }
    settle();
    expectOwners(seed);
    for (Exchange exchange : told) {
      exchange.close();
    }
    assertThat(rings).as("changes of the ring").isPositive();
  }

  private void found(Random random) {
    all = audit.open(dir.resolve("all"), EveryStrategy.SCHEMA, options(STORES));
    int founders = 1 + random.nextInt(2);
    for (int i = 0; i < STORES; i++) {
      open(i, i < founders ? Interest.ALL : Interest.NONE);
    }
    if (random.nextBoolean()) {
      stores[0].members().found();
      for (int i = 1; i < STORES; i++) {
        stores[0].members().admit(i + 1L);
      }
    }
    for (int i = 0; i < 40; i++) {
      update(0, random);
    }
    List<String> members = new ArrayList<>();
    for (int i = 0; i < founders; i++) {
      members.add(name(i));
    }
    stores[0].ring().announce(1 + random.nextInt(8), 1 + random.nextInt(2), members);
    tell(0);
    for (int i = 1; i < STORES; i++) {
      pull(0, i);
    }
  }

  private int live(Random random) {
    int store = random.nextInt(STORES);
    return store == lost ? (store + 1) % STORES : store;
  }

  private void tell(int store) {
    told[store].pull();
  }

  private void pull(int from, int to) {
    if (from != to) {
      now.incrementAndGet();
      try (Exchange exchange = new Exchange(stores[from], stores[to])) {
        exchange.pull();
      }
    }
  }

  private void update(int store, Random random) {
    Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
    String key = EveryStrategy.key(strategy, random.nextInt(KEYS));
    now.incrementAndGet();
    try {
      stores[store].update(
          key,
          EveryStrategy.update(strategy, random.nextInt(8), random.nextInt(6), random.nextInt(9)));
      tell(store);
    } catch (OutsideInterestException notHere) {
      assertThat(notHere.owners()).isEqualTo(stores[store].ring().owners(key));
    }
  }

  private void widen(int from, int to) {
    Interest lacking = lacking(from, to);
    if (from != to && !lacking.equals(Interest.NONE)) {
      pull(to, from);
      try (Exchange exchange = new Exchange(stores[from], stores[to])) {
        exchange.widen(lacking);
      }
    }
  }

  private Interest lacking(int from, int to) {
    return stores[to].interest().lacking(stores[to].wanted(), stores[from].interest());
  }

  private boolean advance(int store) {
    boolean isAny = stores[store].ring().advance();
    tell(store);
    return isAny;
  }

  private void change(Random random) {
    int store = live(random);
    while (!participants(store).contains(name(store))) {
      store = live(random);
    }
    Rings ring = stores[store].ring();
    String name = name(random.nextInt(STORES));
    now.incrementAndGet();
    try {
      if (lost >= 0 && name.equals(name(lost))) {
        ring.drop(name);
      } else if (members(store).contains(name)) {
        ring.leave(name);
      } else {
        ring.join(name);
      }
      rings++;
      tell(store);
    } catch (IllegalArgumentException | IllegalStateException refused) {
      // It takes no part, was dropped before, is the last one, or there are too many rings.
      assertThat(refused).hasMessageContaining("ring");
    }
  }

  private List<String> members(int store) {
    return List.copyOf(ring(store).members());
  }

  private List<String> participants(int store) {
    return List.copyOf(ring(store).participants());
  }

  private Ring ring(int store) {
    Ring ring = stores[store].ring().report().ring();
    assertThat(ring).isNotNull();
    return ring;
  }

  private void reopen(int store, Random random) {
    told[store].close();
    if (random.nextBoolean()) {
      KillCopy.kill(stores[store], dir.resolve(name(store)));
    } else {
      stores[store].close();
    }
    // What it was opened for at first says nothing any more.
    open(store, random.nextBoolean() ? Interest.ALL : Interest.NONE);
  }

  private void collect(int store) {
    now.incrementAndGet();
    stores[store].members().acknowledge();
    stores[store].collect();
    tell(store);
  }

  /** One is gone for ever, if others hold all that it holds; of what it did they have heard. */
  private void lose(int store, Random random) {
    Interest others = Interest.NONE;
    for (int i = 0; i < STORES; i++) {
      others = i == store ? others : others.union(stores[i].interest());
    }
    if (lost >= 0 || random.nextInt(3) > 0 || !others.covers(stores[store].interest())) {
      return;
    }
    for (int i = 0; i < STORES; i++) {
      pull(store, i);
    }
    for (int i = 0; i < STORES; i++) {
      long known = stores[i].vector().get(store + 1L);
      if (known < stores[store].vector().get(store + 1L)) {
        return;
      }
    }
    lost = store;
    told[store].close();
    stores[store].close();
  }

  private void expectThatSomebodyTakesUpdates() {
    if (lost >= 0) {
      return;
    }
    for (String key : keys) {
      assertThat(List.of(stores)).as("somebody takes updates of %s", key).anyMatch(takes(key));
    }
  }

  private static Predicate<Tidemark> takes(String key) {
    return store -> {
      try {
        store.core().cluster().requireWritable(Bytes.utf8(key));
        return true;
      } catch (OutsideInterestException elsewhere) {
        return false;
      }
    };
  }

  private void settle() {
    boolean isMoved = true;
    for (int round = 0; isMoved; round++) {
      assertThat(round).as("rounds").isLessThan(100);
      isMoved = drop();
      for (int from = 0; from < STORES; from++) {
        for (int to = 0; to < STORES; to++) {
          if (from != to && from != lost && to != lost) {
            pull(from, to);
          }
        }
      }
      for (int to = 0; to < STORES; to++) {
        for (int from = 0; from < STORES && to != lost; from++) {
          if (from != to && from != lost && !lacking(from, to).equals(Interest.NONE)) {
            widen(from, to);
            isMoved = true;
          }
        }
        isMoved |= to != lost && advance(to);
      }
    }
  }

  /** Whether the lost one is waited for, or will be with the next ring. */
  private boolean isWaitedFor(int store) {
    boolean isSettled = stores[store].ring().report().isSettled();
    return (isSettled ? members(store) : participants(store)).contains(name(lost));
  }

  private boolean drop() {
    for (int i = 0; i < STORES && lost >= 0; i++) {
      if (i != lost && participants(i).contains(name(i)) && isWaitedFor(i)) {
        stores[i].ring().drop(name(lost));
        tell(i);
        return true;
      }
    }
    return false;
  }

  private void expectOwners(long seed) {
    for (int i = 0; i < STORES; i++) {
      if (i != lost) {
        var report = stores[i].ring().report();
        assertThat(report.isSettled()).as("seed %d: %s", seed, report).isTrue();
        boolean isMember = members(i).contains(name(i));
        assertThat(report.isFree() && isMember).isFalse();
        if (isMember || report.isFree()) {
          assertThat(stores[i].interest()).as(name(i)).isEqualTo(report.share());
        }
      }
    }
    for (String key : keys) {
      List<String> owners = stores[lost == 0 ? 1 : 0].ring().owners(key);
      for (int i = 0; i < STORES; i++) {
        if (i != lost) {
          boolean owns = owners.contains(name(i));
          assertThat(takes(key).test(stores[i])).isEqualTo(owns);
          if (owns) {
            assertThat(stores[i].value(key)).as("%s at %d", key, i).isEqualTo(all.value(key));
          }
        }
      }
    }
  }
}
