package dev.tidemark;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The facade under several threads, while everything is being folded: what the calls return could
 * have come from the same calls one after the other. One store serves all runs, each run under keys
 * of its own, so that a run costs microseconds and thousands of them a few seconds.
 */
class LinearizabilityTest {
  private static final Schema SCHEMA =
      Schema.of("n:", Strategy.G_COUNTER)
          .and("p:", Strategy.PN_COUNTER)
          .and("s:", Strategy.OR_SET)
          .and("m:", Strategy.LWW_MAP);
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");
  private static final int ITERATIONS = NIGHTLY ? 400 : 12;
  private static final int INVOCATIONS = NIGHTLY ? 2_000 : 250;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @Test
  void registersAndCountersAreLinearizable() throws Exception {
    check(LinearizableNumbers.class, LinearizableNumbers.Plain.class);
  }

  @Test
  void setsAndMapsAreLinearizable() throws Exception {
    check(LinearizableCollections.class, LinearizableCollections.Plain.class);
  }

  @Test
  void commitsOfTwoKeysAndScansAreLinearizable() throws Exception {
    check(LinearizableTwoKeys.class, LinearizableTwoKeys.Plain.class);
  }

  private void check(Class<?> subject, Class<?> plain) throws Exception {
    Tidemark store = audit.open(dir, SCHEMA, Options.defaults().withOverlayBytes(64 << 10));
    LinearizableRun.use(store);
    AtomicBoolean done = new AtomicBoolean();
    try (Tasks tasks = new Tasks()) {
      Future<Long> folding = tasks.start(() -> foldUntil(store, done));
      try {
        new StressOptions()
            .iterations(ITERATIONS)
            .invocationsPerIteration(INVOCATIONS)
            .threads(3)
            .actorsPerThread(3)
            .actorsBefore(1)
            .actorsAfter(1)
            .minimizeFailedScenario(false)
            .sequentialSpecification(plain)
            .check(subject);
      } finally {
        done.set(true);
        Tasks.get(folding);
      }
    }
  }

  private static long foldUntil(Tidemark store, AtomicBoolean done) {
    long flushes = 0;
    while (!done.get()) {
      store.flush();
      flushes++;
    }
    return flushes;
  }
}
