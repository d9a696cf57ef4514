package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.QuietOptions;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The stores and replicators of a test. After it they are closed, no thread of theirs is left, and
 * each store is verified: state against log.
 */
final class Stores implements BeforeEachCallback, AfterEachCallback {
  static final Schema SCHEMA =
      Schema.empty()
          .and("set/", Strategy.OR_SET)
          .and("count/", Strategy.PN_COUNTER)
          .and("value/", Strategy.MV_REGISTER)
          .and("file/", Strategy.LWW_REGISTER);

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long PAUSE_NANOS = 500_000;

  private final List<Tidemark> stores = new ArrayList<>();
  private final List<AutoCloseable> others = new ArrayList<>();
  private final Set<Path> directories = new LinkedHashSet<>();
  private Path root;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    root = MemoryDirectory.make();
  }

  Tidemark open(int number) {
    return open("store" + number, number);
  }

  Tidemark open(String name, int replica) {
    return open(name, options(replica));
  }

  static Options options(int replica) {
    return QuietOptions.defaults().withReplicaId(replica).withSyncInterval(Duration.ofMillis(5));
  }

  /** One that holds some of all keys. */
  Tidemark open(int number, Interest interest) {
    return open("store" + number, options(number).withInterest(interest));
  }

  Tidemark open(String name, Options options) {
    return open(name, options, SCHEMA);
  }

  Tidemark open(String name, Options options, Schema schema) {
    Path directory = root.resolve(name);
    Tidemark store = Tidemark.open(directory, schema, options);
    stores.add(store);
    directories.add(directory);
    return store;
  }

  /** One that was opened by its number. */
  Tidemark opened(long replica) {
    return stores.stream().filter(store -> store.replicaId() == replica).findFirst().orElseThrow();
  }

  Path root() {
    return root;
  }

  /** Removes what a closed store could be made again of. */
  void forgetSnapshots(String name) throws IOException {
    DurableFiles.standard().deleteDirectory(new StoreFiles(root.resolve(name)).snapshots());
  }

  <T extends AutoCloseable> T closing(T other) {
    others.add(other);
    return other;
  }

  Replicator start(Tidemark store, ReplicationOptions options) throws IOException {
    return closing(Replicator.start(store, options));
  }

  static void write(Tidemark store, long seed, int updates) {
    Random random = new Random(seed);
    for (int i = 0; i < updates; i++) {
      int key = random.nextInt(5);
      Bytes element = Bytes.utf8("e" + random.nextInt(20));
      switch (random.nextInt(4)) {
        case 0 -> store.update("set/" + key, new Update.Add(element));
        case 1 -> store.update("set/" + key, new Update.Remove(element));
        case 2 -> store.update("count/" + key, new Update.Increment(1 + random.nextInt(9)));
        default -> store.update("value/" + key, new Update.SetValue(element));
      }
    }
  }

  static void awaitSeen(Tidemark... stores) {
    await(
        () -> Arrays.stream(stores).map(Tidemark::vector).distinct().count() == 1,
        () -> "vectors " + Arrays.stream(stores).map(Tidemark::vector).toList());
  }

  static void awaitEqual(Tidemark... stores) {
    awaitSeen(stores);
    for (Tidemark store : stores) {
      for (int key = 0; key < 5; key++) {
        for (String prefix : List.of("set/", "count/", "value/")) {
          assertThat(store.value(prefix + key)).isEqualTo(stores[0].value(prefix + key));
        }
      }
    }
  }

  static void await(BooleanSupplier condition, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(otherwise.get());
      }
      // Whoever it waits for needs the processor.
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("tidemark-"))
        .toList();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    // Who dialled goes first: a listener waits for those that do not.
    Collections.reverse(others);
    for (AutoCloseable other : others) {
      other.close();
    }
    stores.forEach(Tidemark::close);
    if (context.getExecutionException().isEmpty()) {
      // A thread of a pool is counted out before it has ended.
      await(() -> threads().isEmpty(), () -> "still there: " + threads());
      for (Path directory : directories) {
        List<Finding> findings = new ArrayList<>();
        Path scratch = directory.resolveSibling(directory.getFileName() + ".verify");
        Verification.run(directory, scratch, findings::add);
        assertThat(findings).isEmpty();
      }
    }
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }
}
