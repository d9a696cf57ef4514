package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import dev.tidemark.type.GCounter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing a store that others are using, and using it afterwards. */
class ClosingTest {
  private static final Schema SCHEMA =
      Schema.of("n:", Strategy.G_COUNTER).and("s:", Strategy.OR_SET);
  private static final Options SMALL =
      Options.defaults().withOverlayBytes(64 << 10).withSegmentBytes(64 << 10);
  private static final int BEFORE_CLOSE = 5;

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private Path dir;

  @BeforeEach
  void name() {
    dir = parent.resolve("store");
  }

  /** What others do over and over until they are told that the store is closed. */
  private interface Use {
    void once(Tidemark store) throws Exception;
  }

  @Test
  void endsEverythingThatRunsWithAnIllegalState() throws Exception {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    Tidemark peer = audit.open(parent.resolve("peer"), SCHEMA, SMALL);
    AtomicLong counted = new AtomicLong();
    List<Use> uses =
        List.of(
            it -> count(it, Durability.BUFFERED, counted),
            it -> count(it, Durability.SYNCED, counted),
            it -> it.orSet("s:1", Codec.int64()).add(System.nanoTime()),
            it -> it.orSet("s:1", Codec.int64()).elements(),
            it -> it.orSet("s:1", Codec.int64()).size(),
            it -> it.gCounter("n:1").value(),
            ClosingTest::scan,
            Tidemark::flush,
            Tidemark::roll,
            Tidemark::sync,
            Tidemark::status,
            it -> exchange(it, peer));
    try (Tasks tasks = new Tasks();
        Subscription waiting = store.subscribe("nothing");
        Subscription reading = store.subscribe("n:", 1)) {
      CountDownLatch busy = new CountDownLatch(uses.size());
      List<Future<?>> running = new ArrayList<>();
      uses.forEach(use -> running.add(tasks.start(() -> until(store, use, busy))));
      running.add(tasks.start(() -> waiting.poll(Duration.ofDays(1_000_000))));
      running.add(tasks.start(() -> pollForEver(reading)));
      busy.await();
      store.close();
      for (Future<?> task : running) {
        assertThatThrownBy(() -> Tasks.get(task))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("closed");
      }
    }
    try (Tidemark again = audit.open(dir, SCHEMA, SMALL)) {
      assertThat(again.gCounter("n:1").value()).isGreaterThanOrEqualTo(counted.get());
    }
  }

  private static void count(Tidemark store, Durability durability, AtomicLong counted) {
    store.gCounter("n:1").with(durability).increment();
    counted.incrementAndGet();
  }

  private static void scan(Tidemark store) {
    try (Scan scan = store.scan("")) {
      scan.page(10);
    }
  }

  private static void exchange(Tidemark from, Tidemark to) {
    try (Exchange exchange = new Exchange(from, to)) {
      exchange.pull();
    }
  }

  private static Object until(Tidemark store, Use use, CountDownLatch busy) throws Exception {
    for (int i = 0; ; i++) {
      use.once(store);
      if (i == BEFORE_CLOSE) {
        busy.countDown();
      }
    }
  }

  private static Object pollForEver(Subscription subscription) throws InterruptedException {
    while (true) {
      subscription.poll(Duration.ofDays(1));
    }
  }

  /**
   * A second close came back while the first was still folding and sealing, and gave the directory
   * free: the next open found a store that somebody was writing to.
   */
  @Test
  void isOverWhenAnyCloseReturns() throws Exception {
    for (int round = 0; round < 5; round++) {
      Tidemark store = audit.open(dir, SCHEMA, Options.defaults());
      for (int i = 0; i < 500; i++) {
        store.orSet("s:1", Codec.int64()).add((long) i);
      }
      try (Tasks tasks = new Tasks()) {
        CountDownLatch together = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
          tasks.start(
              () -> {
                together.countDown();
                together.await();
                store.close();
                StoreAudit.checkNothingHeld(dir);
                return null;
              });
        }
        tasks.join();
      }
    }
  }

  /** It had closed the log by then, gave the directory free, and left the state open for ever. */
  @Test
  void isRefusedInsideAVisitAndWorksAfterIt() {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    store.orSet("s:1", Codec.int64()).add(1L);
    store.flush();
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                store
                    .orSet("s:1", Codec.int64())
                    .forEach(
                        element -> {
                          store.close();
                          return true;
                        }))
        .withMessageContaining("visit");
    store.orSet("s:1", Codec.int64()).add(2L);
    store.close();
    StoreAudit.checkNothingHeld(dir);
  }

  @Test
  void leavesNothingThatCanBeUsed() {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    Tidemark other = audit.open(parent.resolve("other"), SCHEMA, SMALL);
    GCounter counter = store.gCounter("n:1");
    counter.increment();
    var set = store.orSet("s:1", Codec.int64());
    store.sync();
    Scan scan = store.scan("");
    Scan ended = store.scan("");
    ended.page(5);
    Subscription subscription = store.subscribe("");
    CommitStream stream = store.commits(1);
    CommitStream read = store.commits(1);
    assertThat(read.next()).isTrue();
    Exchange from = new Exchange(store, other);
    Exchange into = new Exchange(other, store);
    store.close();
    List<Runnable> uses =
        List.of(
            counter::increment,
            counter::value,
            () -> set.contains(1L),
            set::size,
            set::elements,
            () -> store.commit(batch -> {}),
            () -> store.value("n:1"),
            () -> store.update("n:1", new dev.tidemark.engine.operation.Update.Increment(1)),
            () -> store.scan(""),
            () -> store.subscribe(""),
            () -> store.subscribe("", 1),
            () -> store.commits(1),
            () -> store.accept(new byte[0], 1),
            store::sync,
            () -> store.awaitSynced(1),
            store::flush,
            store::roll,
            store::vector,
            store::status,
            scan::next,
            scan::nextKey,
            ended::next,
            stream::next,
            read::next,
            from::pull,
            () -> poll(subscription));
    for (int i = 0; i < uses.size(); i++) {
      assertThatThrownBy(uses.get(i)::run)
          .as("use %d", i)
          .isInstanceOf(IllegalStateException.class);
    }
    other.gCounter("n:1").increment();
    assertThatIllegalStateException().isThrownBy(into::pull);
    List.of(scan, ended, subscription, stream, read, from, into).forEach(ClosingTest::close);
    store.close();
  }

  @Test
  void refusesWhatWasClosedByItself() {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    store.gCounter("n:1").increment();
    store.sync();
    Scan scan = store.scan("");
    scan.page(5);
    CommitStream stream = store.commits(1);
    assertThat(stream.next()).isTrue();
    Subscription subscription = store.subscribe("", 1);
    Exchange exchange = new Exchange(store, store);
    List.of(scan, stream, subscription, exchange).forEach(ClosingTest::close);
    List<Runnable> uses =
        List.of(scan::next, stream::next, stream::bytes, exchange::pull, () -> poll(subscription));
    for (Runnable use : uses) {
      assertThatIllegalStateException().isThrownBy(use::run);
    }
  }

  private static void poll(Subscription subscription) {
    try {
      subscription.poll(Duration.ZERO);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
      resource.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Durability.class)
  void servesCallersThatAreInterruptedAndPassesTheInterruptOn(Durability durability) {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    Thread.currentThread().interrupt();
    try {
      for (int i = 0; i < 300; i++) {
        store.orSet("s:1", Codec.utf8()).with(durability).add(i + "x".repeat(500));
      }
      store.flush();
      store.roll();
      scan(store);
      assertThat(store.orSet("s:1", Codec.utf8()).elements()).hasSize(300);
      try (CommitStream stream = store.commits(1)) {
        while (stream.next()) {
          // Folding goes on in the background: it may be a run by now.
          if (stream.isRun()) {
            stream.run();
          } else {
            stream.bytes();
          }
        }
        assertThat(stream.position()).isEqualTo(300);
      }
      store.close();
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }
}
