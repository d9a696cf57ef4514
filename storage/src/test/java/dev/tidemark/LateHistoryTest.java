package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store that received a replica's history from 2016 and then, in a generation of its own,
 * another's from 2011 refused to fold the second one, since the state's clock would have gone
 * backwards, and was poisoned.
 */
class LateHistoryTest {
  private static final Schema SCHEMA = Schema.of("n:", Strategy.G_COUNTER);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @Test
  void foldsCommitsThatAreOlderThanWhatTheStateHolds() {
    try (Tidemark newer = open("newer", 2, 2_000_000);
        Tidemark older = open("older", 3, 1_000_000);
        Tidemark here = open("here", 1, 0)) {
      newer.gCounter("n:a").increment();
      older.gCounter("n:a").increment();
      receive(newer, here);
      here.flush();
      receive(older, here);
      here.flush();
      assertThat(here.gCounter("n:a").value()).isEqualTo(2);
      assertThat(here.status().clock()).isEqualTo(newer.status().clock());
    }
    try (Tidemark again = open("here", 1, 0)) {
      assertThat(again.status().clock()).isEqualTo(2_000_000L << 16);
    }
  }

  private static void receive(Tidemark from, Tidemark to) {
    try (Exchange exchange = new Exchange(from, to)) {
      exchange.pull();
    }
  }

  private Tidemark open(String name, long id, long millis) {
    Options options =
        Options.defaults().withReplicaId(id).withClock(() -> millis).withoutDriftBound();
    return audit.open(dir.resolve(name), SCHEMA, options);
  }
}
