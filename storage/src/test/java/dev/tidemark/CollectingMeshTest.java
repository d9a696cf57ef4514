package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same history in two meshes of stores, one of which is a cluster that forgets whenever it may:
 * in both every store shows the same at every moment. No two updates are of one millisecond, so the
 * heartbeats in between decide nothing.
 */
class CollectingMeshTest {
  private static final int STORES = 3;
  private static final int STEPS = 150;
  private static final int KEYS = 2;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private final AtomicLong now = new AtomicLong(1_000_000);
  private final List<Tidemark> forgetting = new ArrayList<>();
  private final List<Tidemark> keeping = new ArrayList<>();
  private long forgotten;

  private Tidemark open(String mesh, int index) {
    Options options = QuietOptions.defaults().withReplicaId(index + 1L).withClock(now::get);
    return audit.open(dir.resolve(mesh + index), EveryStrategy.SCHEMA, options);
  }

  private static void pull(List<Tidemark> mesh, int from, int to) {
    try (Exchange exchange = new Exchange(mesh.get(from), mesh.get(to))) {
      exchange.pull();
    }
  }

  private void found() {
    for (int i = 0; i < STORES; i++) {
      forgetting.add(open("forgetting", i));
      keeping.add(open("keeping", i));
    }
    forgetting.get(0).members().found();
    for (int i = 1; i < STORES; i++) {
      forgetting.get(0).members().admit(i + 1L);
    }
    for (int i = 1; i < STORES; i++) {
      pull(forgetting, 0, i);
    }
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Boolean.getBoolean("tidemark.nightly") ? 200 : 6);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsForgottenChangesNoValue(long seed) {
    Random random = new Random(seed);
    found();
    for (int step = 0; step < STEPS; step++) {
      int store = random.nextInt(STORES);
      switch (random.nextInt(16)) {
        case 0, 1, 2, 3, 4, 5 -> update(store, random);
        case 6, 7, 8, 9 -> exchange(store, (store + 1 + random.nextInt(STORES - 1)) % STORES);
        case 10 -> forgetting.get(store).flush();
        case 11 -> {
          forgetting.get(store).roll();
          forgetting.get(store).compact();
        }
        case 12 -> {
          forgetting.get(store).roll();
          forgetting.get(store).truncate();
        }
        case 13 -> {
          forgetting.get(store).close();
          forgetting.set(store, open("forgetting", store));
        }
        default -> collect(store);
      }
      compare(store);
    }
    settle();
    assertThat(forgotten).as("keys and cells forgotten").isPositive();
  }

  private void update(int store, Random random) {
    Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
    if (strategy == Strategy.JOURNAL) {
      // Its events show their stamps.
      return;
    }
    String key = EveryStrategy.key(strategy, random.nextInt(KEYS));
    Update update =
        EveryStrategy.update(strategy, random.nextInt(8), random.nextInt(6), random.nextInt(9));
    now.incrementAndGet();
    forgetting.get(store).update(key, update);
    keeping.get(store).update(key, update);
  }

  private void exchange(int from, int to) {
    pull(forgetting, from, to);
    pull(keeping, from, to);
    compare(to);
  }

  private void collect(int store) {
    var report = forgetting.get(store).collect();
    forgotten += report.forgottenKeys() + report.forgottenCells();
  }

  private void compare(int store) {
    assertThat(entries(forgetting.get(store))).isEqualTo(entries(keeping.get(store)));
  }

  private static List<Entry> entries(Tidemark store) {
    List<Entry> entries = new ArrayList<>();
    try (Scan scan = store.scan("")) {
      for (Entry next = scan.next(); next != null; next = scan.next()) {
        entries.add(next);
      }
    }
    return entries;
  }

  private void settle() {
    for (int round = 0; round < 4; round++) {
      for (int from = 0; from < STORES; from++) {
        for (int to = 0; to < STORES; to++) {
          if (from != to) {
            exchange(from, to);
          }
        }
        collect(from);
        compare(from);
      }
    }
    for (int store = 1; store < STORES; store++) {
      assertThat(entries(forgetting.get(store))).isEqualTo(entries(forgetting.get(0)));
    }
  }
}
