package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A close that falls anywhere into every other call, at a moment that a seed decides. */
class CloseInterleavingsTest {
  private static final int ROUNDS = Boolean.getBoolean("tidemark.nightly") ? 1_000 : 15;
  private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
  private static final int LONGEST_SPINS = 200_000;
  private static final Duration HANGS = Duration.ofSeconds(60);
  private static final Schema SCHEMA =
      Schema.of("n:", Strategy.G_COUNTER)
          .and("s:", Strategy.OR_SET)
          .and("j:", Strategy.JOURNAL)
          .and("m:", Strategy.LWW_MAP);
  private static final Options SMALL =
      Options.defaults().withOverlayBytes(64 << 10).withSegmentBytes(64 << 10);

  private final AtomicLong counted = new AtomicLong();

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private interface Use {
    void once(Tidemark store) throws Exception;
  }

  /** What holds something of the store makes it anew each time, and gives it back. */
  private List<Use> uses(Tidemark peer) {
    return List.of(
        store -> count(store, Durability.BUFFERED),
        store -> count(store, Durability.SYNCED),
        store -> store.commit(batch -> batch.orSet("s:1", Codec.int64()).add(1L)),
        store -> store.journal("j:1", Codec.utf8()).append("x".repeat(300)),
        store -> store.orSet("s:1", Codec.int64()).forEach(element -> true),
        store -> store.lwwMap("m:1", Codec.int64(), Codec.int64()).put(1L, System.nanoTime()),
        CloseInterleavingsTest::scan,
        CloseInterleavingsTest::follow,
        store -> exchange(peer, store),
        Tidemark::flush,
        Tidemark::roll,
        store -> store.awaitSynced(store.status().appendedPosition()),
        Tidemark::vector);
  }

  private void count(Tidemark store, Durability durability) {
    store.gCounter("n:1").with(durability).increment();
    counted.incrementAndGet();
  }

  private static void scan(Tidemark store) {
    try (Scan scan = store.scan("")) {
      scan.page(3);
    }
  }

  private static void follow(Tidemark store) throws InterruptedException {
    long from = Math.max(1, store.status().appendedPosition() - 10);
    try (Subscription subscription = store.subscribe("", from);
        CommitStream stream = store.commits(from)) {
      subscription.poll(Duration.ofMillis(1));
      while (stream.next()) {
        // Folding goes on in the background: what is followed may be a run by now.
        if (stream.isRun()) {
          stream.run();
        } else {
          stream.bytes();
        }
      }
    }
  }

  private static void exchange(Tidemark from, Tidemark to) {
    try (Exchange exchange = new Exchange(from, to)) {
      exchange.pull();
    }
  }

  @Test
  void everyCallReturnsOrIsToldThatTheStoreIsClosed() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    AtomicInteger refused = new AtomicInteger();
    Tidemark peer = audit.open(parent.resolve("peer"), SCHEMA, SMALL);
    peer.gCounter("n:2").increment();
    List<Use> uses = uses(peer);
    for (int round = 0; round < ROUNDS; round++) {
      Tidemark store = audit.open(parent.resolve("store"), SCHEMA, SMALL);
      assertThat(store.gCounter("n:1").value())
          .as("round %d, -Dtidemark.seed=%d", round, SEED)
          .isGreaterThanOrEqualTo(counted.get());
      CyclicBarrier together = new CyclicBarrier(uses.size() + 1);
      try (Tasks tasks = new Tasks()) {
        for (Use use : uses) {
          tasks.start(
              () -> {
                together.await();
                untilRefused(store, use);
                return refused.incrementAndGet();
              });
        }
        together.await();
        spin(random.nextInt(LONGEST_SPINS));
        long closing = System.nanoTime();
        store.close();
        assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(HANGS);
        tasks.join();
      }
    }
    assertThat(refused.get()).isEqualTo(ROUNDS * uses.size());
  }

  private static void untilRefused(Tidemark store, Use use) throws Exception {
    while (true) {
      try {
        use.once(store);
      } catch (IllegalStateException e) {
        assertThat(e).hasMessageContaining("closed");
        return;
      }
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
