package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.conflict.Conflict;
import dev.tidemark.storage.conflict.ConflictHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * The conflicts that stores tell are those that {@link ConflictModel} finds from whole histories:
 * no more, no fewer, in the same order, over restarts and kills.
 */
class ConflictProperties {
  private static final int STORES = 3;
  private static final List<Strategy> STRATEGIES =
      List.of(Strategy.LWW_REGISTER, Strategy.LWW_MAP, Strategy.EPOCH_MAX, Strategy.MV_REGISTER);

  enum Kind {
    UPDATE,
    BATCH,
    PULL,
    FLUSH,
    RESTART,
    KILL
  }

  record Step(Kind kind, int at, int other, int strategy, int verb, int value) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequencyOf(
            Tuple.of(25, Arbitraries.just(Kind.UPDATE)),
            Tuple.of(8, Arbitraries.just(Kind.BATCH)),
            Tuple.of(20, Arbitraries.just(Kind.PULL)),
            Tuple.of(3, Arbitraries.of(Kind.FLUSH, Kind.RESTART, Kind.KILL)));
    Arbitrary<Integer> store = Arbitraries.integers().between(0, STORES - 1);
    return Combinators.combine(
            kinds,
            store,
            store,
            Arbitraries.integers().between(0, STRATEGIES.size() - 1),
            Arbitraries.integers().between(0, 7),
            Arbitraries.integers().between(0, 30))
        .as(Step::new)
        .list()
        .ofMinSize(60)
        .ofMaxSize(160);
  }

  @Property(tries = 12, shrinking = ShrinkingMode.BOUNDED)
  void areThoseThatWholeHistoriesShow(@ForAll("steps") List<Step> steps) {
    Path scratch = Scratch.directory();
    Run run = new Run(scratch);
    try {
      steps.forEach(run::step);
      run.compare();
    } finally {
      run.close();
    }
    for (int i = 0; i < STORES; i++) {
      StoreAudit.check(scratch.resolve(Integer.toString(i)));
    }
    Scratch.delete(scratch);
  }

  /** Some stores, and what the model knows of each. */
  private static final class Run {
    private final Path scratch;
    private final List<Tidemark> stores = new ArrayList<>();
    private final List<ConflictModel> models = new ArrayList<>();
    // Every commit that was ever made.
    private final Map<Dot, ConflictModel.Made> made = new HashMap<>();
    private long now = 1_000_000;

    Run(Path scratch) {
      this.scratch = scratch;
      for (int i = 0; i < STORES; i++) {
        stores.add(open(i));
        models.add(new ConflictModel());
      }
    }

    private Tidemark open(int number) {
      Options options =
          Options.defaults()
              .withReplicaId(number == 0 ? -1 : number)
              // Far apart: who wins has nothing to do with who came first.
              .withClock(() -> now + 40L * number)
              .withoutDriftBound()
              .withOverlayBytes(64 << 10)
              .withCacheBytes(4 << 20)
              .withCompactionBytesPerSecond(0)
              .withStewardInterval(Duration.ZERO)
              .withRetention(Retention.byCommandOnly());
      return Tidemark.open(
          scratch.resolve(Integer.toString(number)), EveryStrategy.SCHEMA, options);
    }

    void step(Step step) {
      now += step.value() % 3 * 20;
      switch (step.kind()) {
        case UPDATE -> make(step.at(), List.of(update(step, 0)));
        case BATCH -> make(step.at(), List.of(update(step, 0), update(step, 1), update(step, 2)));
        case PULL -> pull(step.other(), step.at());
        case FLUSH -> stores.get(step.at()).flush();
        case RESTART -> {
          stores.get(step.at()).close();
          stores.set(step.at(), open(step.at()));
        }
        case KILL -> {
          KillCopy.kill(stores.get(step.at()), scratch.resolve(Integer.toString(step.at())));
          stores.set(step.at(), open(step.at()));
        }
      }
    }

    private static ConflictModel.Written update(Step step, int more) {
      Strategy strategy = STRATEGIES.get(step.strategy());
      int verb = step.verb() + more;
      Bytes field = Bytes.utf8("f" + verb % 2);
      Bytes value = Bytes.utf8("v" + (step.value() + more) % 5);
      boolean delete = verb % 7 == 6;
      Update update =
          switch (strategy) {
            case EPOCH_MAX -> new Update.PutEpoch(step.value() % 3, step.value() + more);
            case LWW_MAP ->
                verb % 5 == 4 ? new Update.Remove(field) : new Update.PutField(field, value);
            default -> new Update.SetValue(value);
          };
      return new ConflictModel.Written(
          EveryStrategy.key(strategy, 0), strategy, delete ? new Update.Delete() : update);
    }

    private void make(int at, List<ConflictModel.Written> updates) {
      Tidemark store = stores.get(at);
      store.commit(batch -> updates.forEach(of -> batch.key(of.key()).update(of.update())));
      long last = store.vector().get(store.replicaId());
      long firstStamp = store.status().clock() - updates.size() + 1;
      ConflictModel model = models.get(at);
      ConflictModel.Made commit =
          new ConflictModel.Made(
              store.replicaId(),
              last - updates.size() + 1,
              firstStamp,
              updates,
              List.copyOf(model.operations()));
      made.put(new Dot(store.replicaId(), commit.firstSequence()), commit);
      model.takeOwn(commit);
    }

    private void pull(int from, int to) {
      if (from == to) {
        return;
      }
      VersionVector before = stores.get(to).vector();
      try (Exchange exchange = new Exchange(stores.get(from), stores.get(to))) {
        exchange.pull();
        assertThat(exchange.pull()).isZero();
      }
      // In the order of the sender's log.
      for (ConflictModel.Made commit : models.get(from).taken()) {
        if (commit.firstSequence() > before.get(commit.replica())) {
          models.get(to).take(commit);
        }
      }
    }

    void compare() {
      for (int i = 0; i < STORES; i++) {
        List<Conflict> told =
            new ArrayList<>(ConflictHistory.read(scratch.resolve(Integer.toString(i))).conflicts());
        Collections.reverse(told);
        List<ConflictModel.Pair> expected = models.get(i).pairs();
        assertThat(told.stream().map(ConflictModel.Pair::of).toList()).isEqualTo(expected);
        assertThat(stores.get(i).conflicts().count()).isEqualTo(expected.size());
        assertThat(stores.get(i).conflicts().problem()).isNull();
        told.forEach(this::checkVectors);
      }
    }

    private void checkVectors(Conflict conflict) {
      for (Conflict.Side side : List.of(conflict.winner(), conflict.loser())) {
        if (side.seen() != null) {
          assertThat(side.seen()).isEqualTo(seen(side.operation()));
        }
      }
      assertThat(conflict.winner().seen() != null || conflict.loser().seen() != null).isTrue();
    }

    private VersionVector seen(Dot operation) {
      ConflictModel.Made commit =
          made.values().stream().filter(of -> of.holds(operation)).findFirst().orElseThrow();
      VersionVector seen = VersionVector.EMPTY;
      for (Dot dot : commit.history()) {
        seen = seen.with(dot.replica(), Math.max(seen.get(dot.replica()), dot.sequence()));
      }
      return seen.with(operation.replica(), operation.sequence());
    }

    void close() {
      stores.forEach(Tidemark::close);
    }
  }
}
