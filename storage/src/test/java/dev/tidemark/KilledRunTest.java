package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.storage.fault.CrashPoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store is after its process was killed while it took another one's state. */
class KilledRunTest {
  private static final int KILLED = 128 + 9;
  private static final int VALUE_BYTES = 300_000;

  @TempDir private Path dir;

  @BeforeEach
  void fill() {
    try (Tidemark from = open("from", 1)) {
      for (int i = 0; i < TakingProcess.KEYS; i++) {
        from.lwwRegister("key" + i, Codec.utf8()).set(i + "x".repeat(VALUE_BYTES));
      }
      ForcedFold.truncateAll(from);
    }
  }

  private Tidemark open(String name, long replica) {
    return Tidemark.open(
        dir.resolve(name), TakingProcess.SCHEMA, TakingProcess.OPTIONS.withReplicaId(replica));
  }

  private void takeAndDie(String moment) throws Exception {
    Process process =
        JavaProcess.of(
                List.of("-Xmx256m", "-D" + CrashPoint.PROPERTY + "=" + moment),
                TakingProcess.class,
                dir.resolve("from").toString(),
                dir.resolve("to").toString())
            .start();
    assertThat(process.waitFor()).as(moment).isEqualTo(KILLED);
  }

  private void expect(boolean taken) {
    try (Tidemark to = open("to", 2)) {
      assertThat(to.lwwRegister(TakingProcess.OWN, Codec.utf8()).get()).hasValue("kept");
      assertThat(to.vector().get(1) > 0).isEqualTo(taken);
      expectKeys(to, taken);
      try (Tidemark from = open("from", 1);
          Exchange exchange = new Exchange(from, to)) {
        assertThat(exchange.pull()).isEqualTo(taken ? 0 : 1);
      }
      expectKeys(to, true);
    }
    StoreAudit.check(dir.resolve("to"));
  }

  private static void expectKeys(Tidemark to, boolean there) {
    for (int i = 0; i < TakingProcess.KEYS; i++) {
      int number = i;
      var value = to.lwwRegister("key" + i, Codec.utf8()).get();
      assertThat(value.isPresent()).isEqualTo(there);
      value.ifPresent(
          text -> assertThat(text).startsWith(number + "x").hasSizeGreaterThan(VALUE_BYTES));
    }
  }

  @Test
  void hasNothingOfItBeforeTheLogHasIt() throws Exception {
    takeAndDie("run_attach.before:1");
    expect(false);
  }

  @Test
  void hasAllOfItOnceTheLogHasIt() throws Exception {
    takeAndDie("run_attach.after:1");
    expect(true);
  }

  /** The second process is killed while it recovers from the death of the first. */
  @Test
  void foldsAgainWhatItWasInTheMiddleOf() throws Exception {
    takeAndDie("run_batch.after:2");
    takeAndDie("run_batch.after:2");
    expect(true);
  }
}
