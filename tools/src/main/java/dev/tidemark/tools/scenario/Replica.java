package dev.tidemark.tools.scenario;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One replica of a scenario: a store in a directory of its own, under a clock that is set by hand.
 */
final class Replica implements AutoCloseable {
  // What is read is synced first anyway, so a busy background sync would only cost.
  private static final Duration SYNC_INTERVAL = Duration.ofSeconds(1);

  private final Path directory;
  private final Schema schema;
  private final Options options;
  private volatile long now;
  private Tidemark store;

  private Replica(Path directory, Schema schema, Options options) {
    this.directory = directory;
    this.schema = schema;
    this.options = options.withClock(() -> now);
    this.store = Tidemark.open(directory, schema, this.options);
  }

  /** Creates or opens a replica; the clock of a new one stands at 0. */
  static Replica open(Path directory, long id, Schema schema, StoreSize size) {
    Options options =
        size.apply(Options.defaults())
            .withReplicaId(id)
            .withoutDriftBound()
            .withSyncInterval(SYNC_INTERVAL);
    return new Replica(directory, schema, options);
  }

  Tidemark store() {
    return store;
  }

  void setClock(long millis) {
    now = millis;
  }

  void upkeep(Step.Chore chore) {
    switch (chore) {
      case FLUSH -> store.flush();
      case RESTART -> restart();
      case COMPACT -> store.compact();
      case TRUNCATE -> store.truncate();
      case GC -> store.collect();
    }
  }

  /** Holds what is on the disk to all that it claims, the state to the join of the log too. */
  void verify(Consumer<Finding> listener) {
    store.flush();
    Path scratch = directory.resolveSibling(directory.getFileName() + ".verify");
    VerifyReport report = Verification.run(directory, scratch, listener);
    if (report.notCompared() != null) {
      listener.accept(
          new Finding(
              Finding.Part.LOG_AGAINST_STATE,
              "",
              "keys that can be compared",
              report.notCompared()));
    }
  }

  private void restart() {
    store.close();
    store = Tidemark.open(directory, schema, options);
  }

  @Override
  public void close() {
    store.close();
  }
}
