package dev.tidemark;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** One store under everything that may happen to it, against a model of it in memory. */
class StoreModelProperties {
  /** What happens next, and four numbers that say to what. */
  record Step(Kind kind, Strategy strategy, int key, int verb, int item, int value) {
    String name() {
      return EveryStrategy.key(strategy, key);
    }

    Update update() {
      return EveryStrategy.update(strategy, verb, item, value);
    }
  }

  enum Kind {
    UPDATE,
    BATCH,
    BROKEN_BATCH,
    FILL,
    READ,
    READ_ELEMENTS,
    OPEN_SCAN,
    PAGE,
    SUBSCRIBE,
    TAKE_EVENTS,
    FLUSH,
    ROLL,
    SYNC,
    AWAIT_SYNCED,
    SNAPSHOT,
    TRUNCATE,
    RESTART,
    CRASH
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.just(Kind.UPDATE)), Tuple.of(20, Arbitraries.of(Kind.class)));
    return Combinators.combine(
            kinds,
            Arbitraries.of(Strategy.class),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 23),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 40))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(120);
  }

  @Property(tries = 20, shrinking = ShrinkingMode.BOUNDED)
  void readsWhatTheModelReads(@ForAll("steps") List<Step> steps) throws Exception {
    Path directory = Scratch.directory();
    try (ModelRun run = new ModelRun(directory)) {
      for (int i = 0; i < steps.size(); i++) {
        run.step(steps, i);
      }
      run.finish();
    }
    StoreAudit.check(directory);
    Scratch.delete(directory);
  }
}
