package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** Stores that tell each other what they have, in any order and more than once, become equal. */
class ExchangeProperties {
  private static final int STORES = 3;

  enum Kind {
    UPDATE,
    BATCH,
    PULL,
    PULL_UNTIL,
    RELAY,
    REWIND,
    FLUSH,
    FOLD,
    TRUNCATE,
    RESTART
  }

  record Step(Kind kind, int at, int other, Strategy strategy, int verb, int item, int value) {
    Step as(Kind other) {
      return new Step(other, at, this.other, strategy, verb, item, value);
    }

    void update(Handles handles) {
      String key = EveryStrategy.key(strategy, 0);
      handles.key(key).update(EveryStrategy.update(strategy, verb, item, value));
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequencyOf(
            Tuple.of(25, Arbitraries.just(Kind.UPDATE)),
            Tuple.of(10, Arbitraries.just(Kind.PULL)),
            Tuple.of(15, Arbitraries.of(Kind.class)));
    Arbitrary<Integer> store = Arbitraries.integers().between(0, STORES - 1);
    return Combinators.combine(
            kinds,
            store,
            store,
            Arbitraries.of(Strategy.class),
            Arbitraries.integers().between(0, 23),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 40))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(80);
  }

  @Property(tries = 15, shrinking = ShrinkingMode.BOUNDED)
  void endEqualOnceAllHaveHeardAll(@ForAll("steps") List<Step> steps) {
    run(steps);
  }

  /**
   * The same steps over logs that are never folded or cut: commits alone, one by one. A run has no
   * room for half of what it holds, so here nobody asks for less than all.
   */
  @Property(tries = 5, shrinking = ShrinkingMode.BOUNDED)
  void runsAndStatesGiveWhatSingleCommitsGive(@ForAll("steps") List<Step> steps) {
    List<Step> all =
        steps.stream()
            .map(step -> step.kind() == Kind.PULL_UNTIL ? step.as(Kind.PULL) : step)
            .toList();
    List<Step> plain =
        all.stream()
            .filter(step -> step.kind() != Kind.FOLD && step.kind() != Kind.TRUNCATE)
            .toList();
    assertThat(run(all)).isEqualTo(run(plain));
  }

  private static Map<String, String> run(List<Step> steps) {
    Path scratch = Scratch.directory();
    try (Cluster cluster = new Cluster(scratch)) {
      steps.forEach(cluster::step);
      cluster.settle();
      cluster.compare();
    }
    Map<String, String> first = Digests.of(scratch.resolve("0"));
    for (int i = 0; i < STORES; i++) {
      Path directory = scratch.resolve(Integer.toString(i));
      StoreAudit.check(directory);
      assertThat(Digests.of(directory)).isEqualTo(first);
    }
    Scratch.delete(scratch);
    return first;
  }

  /** Some stores and the exchanges between them. */
  private static final class Cluster implements AutoCloseable {
    private final Path scratch;
    private final List<Tidemark> stores = new ArrayList<>();
    private final Map<String, Exchange> exchanges = new HashMap<>();
    private long now = 1_000_000;

    Cluster(Path scratch) {
      this.scratch = scratch;
      for (int i = 0; i < STORES; i++) {
        stores.add(open(i));
      }
    }

    private Tidemark open(int number) {
      Options options =
          Options.defaults()
              // One below and one above 2^63: ids are unsigned.
              .withReplicaId(number == 0 ? -1 : number)
              .withClock(() -> now + 500L * number)
              .withoutDriftBound()
              .withOverlayBytes(64 << 10)
              .withSegmentBytes(64 << 10)
              .withCacheBytes(4 << 20)
              // Folding goes by the steps, so that a failure can be repeated.
              .withCompactionBytesPerSecond(0)
              // A log that was cut without a snapshot would be cut again by itself.
              .withRetention(Retention.byCommandOnly());
      return Tidemark.open(
          scratch.resolve(Integer.toString(number)), EveryStrategy.SCHEMA, options);
    }

    void step(Step step) {
      Tidemark store = stores.get(step.at());
      if (step.kind() != Kind.FOLD && step.kind() != Kind.TRUNCATE) {
        now += step.value() % 3;
      }
      switch (step.kind()) {
        case UPDATE -> step.update(store);
        case BATCH ->
            store.commit(
                batch -> {
                  step.update(batch);
                  new Step(step.kind(), 0, 0, Strategy.OR_SET, step.item(), step.item(), 1)
                      .update(batch);
                });
        case PULL -> exchange(step.other(), step.at()).pull();
        case PULL_UNTIL -> exchange(step.other(), step.at()).pullUntil(step.value());
        case RELAY -> relay();
        case REWIND -> rewind(step.other(), step.at());
        case FLUSH -> store.flush();
        case FOLD -> ForcedFold.fold(store, new Random(step.value()));
        case TRUNCATE -> ForcedFold.truncate(store, new Random(step.value()));
        case RESTART -> restart(step.at());
      }
    }

    /** Down the line, each from its neighbour alone. */
    private void relay() {
      for (int i = 1; i < STORES; i++) {
        exchange(i - 1, i).pull();
      }
    }

    /** Everything again from the beginning. */
    private void rewind(int from, int to) {
      if (from != to) {
        try (Exchange again = new Exchange(stores.get(from), stores.get(to))) {
          again.pull();
          assertThat(again.pull()).isZero();
        }
      }
    }

    private Exchange exchange(int from, int to) {
      // With itself: everything is there already.
      return exchanges.computeIfAbsent(
          from + ">" + to, name -> new Exchange(stores.get(from), stores.get(to)));
    }

    private void restart(int number) {
      closeExchanges();
      stores.get(number).close();
      stores.set(number, open(number));
    }

    void settle() {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < STORES; i++) {
          exchange(i, (i + 1) % STORES).pull();
        }
      }
    }

    void compare() {
      Tidemark first = stores.get(0);
      for (Tidemark store : stores) {
        assertThat(store.vector()).isEqualTo(first.vector());
        for (Strategy strategy : Strategy.values()) {
          String key = EveryStrategy.key(strategy, 0);
          assertThat(store.value(key)).as(key).isEqualTo(first.value(key));
        }
      }
    }

    private void closeExchanges() {
      exchanges.values().forEach(Exchange::close);
      exchanges.clear();
    }

    @Override
    public void close() {
      closeExchanges();
      stores.forEach(Tidemark::close);
    }
  }
}
