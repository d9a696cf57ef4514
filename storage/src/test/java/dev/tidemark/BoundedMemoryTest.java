package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Writers that are faster than the disk wait for it. */
class BoundedMemoryTest {
  private static final long BOUND = 256 << 10;
  private static final int WRITERS = 4;
  private static final int COMMITS = 400;
  private static final String VALUE = "v".repeat(8 << 10);
  private static final long COMMIT = VALUE.length() + 1_024;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @Test
  void neverHoldsMoreThanTheBoundAndOneCommitOfEachWriter() throws Exception {
    Tidemark store = audit.open(dir, Schema.empty(), Options.defaults().withOverlayBytes(BOUND));
    AtomicInteger running = new AtomicInteger(WRITERS);
    long highest = 0;
    try (Tasks tasks = new Tasks()) {
      for (int writer = 0; writer < WRITERS; writer++) {
        String prefix = "k" + writer + "/";
        tasks.start(
            () -> {
              try {
                for (int i = 0; i < COMMITS; i++) {
                  store.lwwRegister(prefix + i, Codec.utf8()).set(VALUE);
                }
              } finally {
                running.decrementAndGet();
              }
              return null;
            });
      }
      while (running.get() > 0) {
        highest = Math.max(highest, store.status().overlayBytes());
      }
      tasks.join();
      assertThat(highest).isLessThanOrEqualTo(BOUND + WRITERS * COMMIT);
    }
    assertThat(store.status().appendedPosition()).isEqualTo(WRITERS * COMMITS);
    store.flush();
    assertThat(store.status().overlayBytes()).isZero();
  }

  @Test
  void takesACommitThatIsLargerThanTheBound() {
    Options options =
        Options.defaults().withOverlayBytes(64 << 10).withInlineLimit(Limits.MAX_VALUE_BYTES);
    Tidemark store = audit.open(dir, Schema.empty(), options);
    String large = "v".repeat(500 << 10);
    for (int i = 0; i < 5; i++) {
      store.lwwRegister("k" + i, Codec.utf8()).set(large);
    }
    assertThat(store.lwwRegister("k4", Codec.utf8()).get()).contains(large);
  }
}
