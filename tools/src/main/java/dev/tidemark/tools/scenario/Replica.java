package dev.tidemark.tools.scenario;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

  /** What a key reads as; large values as what they are, not as what names them. */
  Value read(String key) {
    Value value = store.value(key);
    if (value instanceof Value.Large) {
      return whole(store.largeValues().read(key));
    }
    if (value instanceof Value.Fields fields) {
      SortedMap<Bytes, Value> wholes = new TreeMap<>(fields.fields());
      wholes.replaceAll(
          (field, nested) ->
              nested instanceof Value.Large ? whole(store.largeValues().read(key, field)) : nested);
      return new Value.Fields(wholes);
    }
    return value;
  }

  private static Value whole(Optional<InputStream> value) {
    try (InputStream in = value.orElseThrow()) {
      return new Value.Register(Bytes.wrap(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void setClock(long millis) {
    // A store takes what is beyond for its clock's end, and all such times for one.
    if (millis > HybridTimestamp.MAX_WALL_MILLIS) {
      throw Problem.of("time is beyond a store's clock")
          .with("now", millis)
          .with("limit", HybridTimestamp.MAX_WALL_MILLIS)
          .illegalArgument();
    }
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
