package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.state.TableLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store that grows until its state is opened anew for its size, under readers. Whoever reads then
 * must neither meet freed memory, which ends the process, nor be told that something was closed.
 */
class OutgrownStoreTest {
  private static final Schema SCHEMA =
      Schema.of("key:", Strategy.LWW_REGISTER).and("set:", Strategy.OR_SET);
  private static final Options OPTIONS =
      QuietOptions.defaults().withCacheBytes(2 << 20).withOverlayBytes(1 << 20);
  private static final int KEYS = 10_000;
  private static final int VALUE_BYTES = 2 << 10;
  private static final int MOST_ROUNDS = 5;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private static byte[] value(int key) {
    byte[] value = new byte[VALUE_BYTES];
    new SplittableRandom(key).nextBytes(value);
    return value;
  }

  private static String key(int number) {
    return "key:%05d".formatted(number);
  }

  @Test
  void goesOverWhileItIsReadScannedAndWritten() throws Exception {
    Tidemark store = audit.open(dir, SCHEMA, OPTIONS);
    for (int i = 0; i < 100; i++) {
      store.lwwRegister(key(i), Codec.bytes()).set(value(i));
      store.orSet("set:one", Codec.utf8()).add("element-" + i);
    }
    store.flush();
    AtomicBoolean done = new AtomicBoolean();
    try (Tasks tasks = new Tasks()) {
      tasks.start(() -> readRegisters(store, done));
      tasks.start(() -> readSet(store, done));
      tasks.start(() -> scan(store, done));
      try {
        assertThat(growsInParts(store)).isTrue();
      } finally {
        done.set(true);
      }
      tasks.join();
    }
    store.flush();
    for (int i = 0; i < KEYS; i += 97) {
      assertThat(store.lwwRegister(key(i), Codec.bytes()).get()).contains(value(i));
    }
  }

  /** Puts until a table is written with its index in parts. */
  private boolean growsInParts(Tidemark store) throws Exception {
    for (int i = 100; i < MOST_ROUNDS * KEYS; i++) {
      store.lwwRegister(key(i % KEYS), Codec.bytes()).set(value(i % KEYS));
      if (i % 1_000 == 0) {
        store.flush();
        if (i >= KEYS && TableLayout.anyInParts(dir.resolve("state"))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean readRegisters(Tidemark store, AtomicBoolean done) {
    for (int i = 0; !done.get(); i = (i + 1) % 100) {
      byte[] found = store.lwwRegister(key(i), Codec.bytes()).get().orElseThrow();
      if (!Arrays.equals(found, value(i))) {
        throw new AssertionError("key " + i + " has another value");
      }
    }
    return true;
  }

  private static boolean readSet(Tidemark store, AtomicBoolean done) {
    var set = store.orSet("set:one", Codec.utf8());
    while (!done.get()) {
      assertThat(set.size()).isEqualTo(100);
      assertThat(set.elements()).contains("element-0", "element-99");
    }
    return true;
  }

  private static boolean scan(Tidemark store, AtomicBoolean done) {
    while (!done.get()) {
      try (Scan scan = store.scan("key:0000")) {
        assertThat(scan.page(100)).hasSize(10);
      }
      Thread.yield();
    }
    return true;
  }
}
