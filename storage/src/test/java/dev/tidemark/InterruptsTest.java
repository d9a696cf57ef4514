package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Interrupts that fall into every call: an interrupt closes the file channel its thread is using,
 * which would end all writing.
 */
class InterruptsTest {
  private static final int INTERRUPTS = Boolean.getBoolean("tidemark.nightly") ? 10_000 : 200;
  private static final String PADDING = "x".repeat(2_000);
  private static final Schema SCHEMA =
      Schema.of("n:", Strategy.G_COUNTER).and("s:", Strategy.OR_SET);
  private static final Options SMALL =
      Options.defaults().withOverlayBytes(64 << 10).withSegmentBytes(64 << 10);

  private final AtomicLong counted = new AtomicLong();
  private final AtomicInteger seen = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private interface Use {
    void once() throws Exception;
  }

  @Test
  void leaveEveryCallWholeAndAreKeptForTheCaller() throws Exception {
    Tidemark store = open("store");
    Tidemark peer = open("peer");
    List<Use> uses =
        List.of(
            () -> count(store, Durability.BUFFERED),
            () -> count(store, Durability.SYNCED),
            // A full overlay makes it wait for the folder.
            () -> store.lwwRegister("r" + counted.get() % 50, Codec.utf8()).set(PADDING),
            () -> store.orSet("s:1", Codec.int64()).add(1L),
            () -> store.orSet("s:1", Codec.int64()).elements(),
            () -> scan(store),
            () -> stream(store),
            () -> exchange(store, peer),
            store::flush,
            () -> roll(store),
            store::sync,
            () -> open("other").close());
    try (Tasks tasks = new Tasks()) {
      Thread[] busy = new Thread[1];
      AtomicBoolean started = new AtomicBoolean();
      Future<?> running =
          tasks.start(
              () -> {
                busy[0] = Thread.currentThread();
                started.set(true);
                for (int i = 0; !over.get(); i++) {
                  uses.get(i % uses.size()).once();
                  if (Thread.interrupted()) {
                    seen.incrementAndGet();
                  }
                }
                return null;
              });
      Tasks.await(started::get, () -> "does not start");
      for (int i = 1; i <= INTERRUPTS; i++) {
        int due = i;
        busy[0].interrupt();
        // It falls into whatever runs now, and is found by the caller afterwards.
        Tasks.await(
            () -> seen.get() == due || running.isDone(),
            () -> "interrupt " + due + " was swallowed");
      }
      over.set(true);
      tasks.join();
    }
    assertThat(store.gCounter("n:1").value()).isEqualTo(counted.get());
    store.close();
    assertThat(open("store").gCounter("n:1").value()).isEqualTo(counted.get());
  }

  @Test
  void endTheWaitOfASubscriberAndNothingElse() throws Exception {
    Tidemark store = open("store");
    try (Tasks tasks = new Tasks();
        Subscription subscription = store.subscribe("")) {
      Thread[] waiting = new Thread[1];
      AtomicBoolean started = new AtomicBoolean();
      var interrupted =
          tasks.start(
              () -> {
                waiting[0] = Thread.currentThread();
                started.set(true);
                try {
                  return subscription.poll(Duration.ofDays(1)) != null;
                } catch (InterruptedException expected) {
                  return false;
                }
              });
      Tasks.await(started::get, () -> "does not start");
      waiting[0].interrupt();
      assertThat(Tasks.get(interrupted)).isFalse();
      count(store, Durability.SYNCED);
      assertThat(subscription.poll(Duration.ofSeconds(30))).isNotNull();
    }
  }

  /**
   * A segment that is sealed is cut, so it must not be mapped any more: an interrupt makes
   * Chronicle come back from unmapping before it is done.
   */
  private void roll(Tidemark store) throws IOException {
    store.roll();
    Path maps = Path.of("/proc/self/maps");
    if (Files.isReadable(maps)) {
      String log = parent.resolve("store").toRealPath().resolve("log") + "/";
      // Not through a channel: the interrupt would end this.
      try (BufferedReader lines = new BufferedReader(new FileReader(maps.toFile()))) {
        assertThat(lines.lines().filter(line -> line.contains(log))).isEmpty();
      }
    }
  }

  private Tidemark open(String name) {
    return audit.open(parent.resolve(name), SCHEMA, SMALL);
  }

  private void count(Tidemark store, Durability durability) {
    store.gCounter("n:1").with(durability).increment();
    counted.incrementAndGet();
  }

  private static void scan(Tidemark store) {
    try (Scan scan = store.scan("")) {
      scan.page(10);
    }
  }

  private static void stream(Tidemark store) {
    try (CommitStream stream = store.commits(1)) {
      for (int i = 0; i < 20 && stream.next(); i++) {
        // Folding goes on in the background: it may be a run by now.
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
}
