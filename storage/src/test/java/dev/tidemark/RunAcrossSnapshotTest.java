package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store knew of another one before its log was cut. Then a run was folded that lay across its
 * newest snapshot, and verify took what the store's origin knew from that run alone: what it had
 * known before the cut was called wrong in a state that was right.
 */
class RunAcrossSnapshotTest {
  private static final Schema SCHEMA = Schema.of("count:", Strategy.G_COUNTER);
  private static final Options OPTIONS =
      Options.defaults().withCompactionBytesPerSecond(0).withRetention(Retention.byCommandOnly());

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @Test
  void whatWasKnownBeforeTheCutIsNotMissedBehindARun() throws Exception {
    Path dir = parent.resolve("store");
    try (Tidemark store = audit.open(dir, SCHEMA, OPTIONS);
        Tidemark peer = audit.open(parent.resolve("peer"), SCHEMA, OPTIONS);
        Exchange exchange = new Exchange(peer, store)) {
      count(peer);
      exchange.pull();
      count(store);
      store.truncate();
      long cut = store.status().firstPosition();
      assertThat(cut).isGreaterThan(1);
      count(store);
      store.snapshot();
      count(store);
      store.compact();

      assertThat(store.status().snapshotPosition()).isGreaterThanOrEqualTo(cut);
      assertThat(store.status().snapshotPosition()).isLessThan(store.status().appendedPosition());
      List<Finding> findings = new ArrayList<>();
      Verification.run(dir, parent.resolve("scratch"), findings::add);
      assertThat(findings).isEmpty();
    }
  }

  private static void count(Tidemark store) {
    for (int i = 0; i < 5; i++) {
      store.update("count:" + i, new Update.Increment(1));
    }
  }
}
