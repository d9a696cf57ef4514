package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.storage.core.CollectionReport;
import dev.tidemark.storage.fault.CrashPoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store is after its process was killed while it forgot. */
class KilledCollectionTest {
  private static final int KILLED = 128 + 9;

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "collect_batch.before:1",
        "collect_batch.after:1",
        "collect_batch.after:9",
        "collect_batch.before:30",
        "fold_batch.after:1",
        "state_flush.before:1",
        "state_flush.after:1"
      })
  void whatIsKeptIsThereAndTheRestIsForgottenByTheNext(String moment) throws Exception {
    runAndDie(moment);
    runAndDie(moment);

    Path directory = dir.resolve("store");
    try (Tidemark store =
        Tidemark.open(directory, CollectionTest.SCHEMA, CollectingProcess.OPTIONS)) {
      expectKept(store);
      CollectionReport report = store.collect();
      assertThat(report.floor().isNone()).isFalse();
      assertThat(store.collect().keys()).isZero();
      expectKept(store);
    }
    StoreAudit.check(directory);
  }

  private void runAndDie(String moment) throws Exception {
    Process process =
        JavaProcess.of(
                List.of("-Xmx256m", "-D" + CrashPoint.PROPERTY + "=" + moment),
                CollectingProcess.class,
                dir.resolve("store").toString())
            .start();
    assertThat(process.waitFor()).as(moment).isIn(KILLED, 0);
  }

  private static void expectKept(Tidemark store) {
    for (int i = 0; i < CollectingProcess.ITEMS; i++) {
      String name = "e" + i;
      boolean kept = CollectingProcess.isKept(i);
      String set = CollectingProcess.key("set:", i);
      String map = CollectingProcess.key("map:", i);
      assertThat(store.orSet(set, Codec.utf8()).contains(name)).as(name).isEqualTo(kept);
      assertThat(store.lwwMap(map, Codec.utf8(), Codec.utf8()).get(name).isPresent())
          .as(name)
          .isEqualTo(kept);
      assertThat(store.lwwRegister("reg:" + i, Codec.utf8()).get().isPresent())
          .as(name)
          .isEqualTo(kept);
    }
  }
}
