package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A second writing thread poisoned the store: the log's buffer belonged to the thread that had
 * written first, as far as Chronicle knew, which only checks when assertions are enabled.
 */
class ManyWritersTest {
  private static final int THREADS = 4;
  private static final int UPDATES = 250;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @Test
  void threadsTakeTurnsAtOneLog() {
    Schema schema = Schema.of("n:", Strategy.G_COUNTER);
    try (Tidemark store = audit.open(dir, schema, Options.defaults())) {
      List<CompletableFuture<Void>> writers =
          IntStream.range(0, THREADS)
              .mapToObj(thread -> CompletableFuture.runAsync(() -> count(store)))
              .toList();
      writers.forEach(CompletableFuture::join);

      assertThat(store.gCounter("n:a").value()).isEqualTo(THREADS * UPDATES);
      assertThat(store.vector().get(store.replicaId())).isEqualTo(THREADS * UPDATES);
    }
  }

  private static void count(Tidemark store) {
    for (int i = 0; i < UPDATES; i++) {
      store.gCounter("n:a").increment();
    }
  }
}
