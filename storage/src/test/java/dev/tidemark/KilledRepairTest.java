package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.core.RepairReport;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.state.DamagedState;
import dev.tidemark.storage.state.DamagedState.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store is after its process was killed while it put damaged keys right. */
class KilledRepairTest {
  private static final int KILLED = 128 + 9;

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "repair_batch.before:1",
        "repair_batch.after:1",
        "repair_batch.before:4",
        "repair_batch.after:4",
        "state_flush.before:1",
        "state_flush.after:1"
      })
  void aKeyIsReplacedAsAWholeOrNotAtAllAndTheNextRepairGoesOn(String moment) throws Exception {
    Path directory = dir.resolve("store");
    try (Tidemark store =
        Tidemark.open(directory, EveryStrategy.SCHEMA, CollectingProcess.OPTIONS)) {
      for (int i = 0; i < 400; i++) {
        Strategy strategy = Strategy.values()[i % Strategy.values().length];
        store.update(
            EveryStrategy.key(strategy, i % 3), EveryStrategy.update(strategy, i % 5, i, i));
      }
    }
    Map<String, String> expected = Digests.of(directory);
    try (DamagedState state = new DamagedState(new StoreFiles(directory).state())) {
      for (Strategy strategy : Strategy.values()) {
        state.damage(
            Bytes.utf8(EveryStrategy.prefix(strategy)),
            Bytes.utf8(EveryStrategy.key(strategy, 1)),
            Kind.ALTER_HEAD);
      }
    }

    Process process =
        JavaProcess.of(
                List.of("-Xmx256m", "-D" + CrashPoint.PROPERTY + "=" + moment),
                RepairingProcess.class,
                directory.toString())
            .start();
    assertThat(process.waitFor()).as(moment).isEqualTo(KILLED);

    try (Tidemark store =
        Tidemark.open(directory, EveryStrategy.SCHEMA, CollectingProcess.OPTIONS)) {
      assertThat(store.repairs().alone().quarantined()).isZero();
      assertThat(store.repairs().alone()).isEqualTo(RepairReport.CLEAN);
    }
    assertThat(Digests.of(directory)).isEqualTo(expected);
    StoreAudit.check(directory);
  }
}
