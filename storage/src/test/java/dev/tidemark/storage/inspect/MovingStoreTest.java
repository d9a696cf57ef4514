package dev.tidemark.storage.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A state is looked at through the names of its tables, and a process that writes replaces them:
 * commands that only look called a table damage that had just been merged into another.
 */
class MovingStoreTest {
  private static final int LOOKS = 4;
  private static final int MORE_THAN_A_BATCH = 40;

  @TempDir private Path dir;

  @Test
  void whatAnotherReplacesWhileItIsLookedAtIsNoDamage() {
    Options options = Options.defaults().withSegmentBytes(64 << 10);
    Path store = dir.resolve("store");
    AtomicBoolean enough = new AtomicBoolean();
    try (Tidemark open = Tidemark.open(store, Schema.of("s:", Strategy.OR_SET), options)) {
      write(open, 0);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 1; !enough.get(); i++) {
                  write(open, i);
                }
              });
      try {
        for (int i = 0; i < LOOKS; i++) {
          List<Finding> findings = new ArrayList<>();
          VerifyReport report = Verification.run(store, dir.resolve("scratch-" + i), findings::add);
          assertThat(findings).isEmpty();
          assertThat(report.appliedPosition()).isPositive();
          try (Inspection inspection = Inspection.open(store)) {
            assertThat(inspection.value("s:0").toString()).contains("Elements");
          }
        }
      } finally {
        enough.set(true);
        writer.join();
      }
    }
  }

  /**
   * Something is wrong with a store that is open, so it is verified again and again: the second
   * time found the state that the first had built from the log, and broke off because it would have
   * been folded backwards.
   */
  @Test
  void whatIsVerifiedAgainIsBuiltAgainFromNothing() throws IOException {
    Path store = dir.resolve("store");
    String large = "x".repeat(1 << 20);
    try (Tidemark open = Tidemark.open(store, Schema.of("s:", Strategy.OR_SET))) {
      for (int i = 0; i < MORE_THAN_A_BATCH; i++) {
        open.lwwRegister("r" + i, Codec.utf8()).set(large);
      }
      open.flush();
      Files.createFile(store.resolve("foreign"));
      List<Finding> findings = new ArrayList<>();
      Path scratch = dir.resolve("scratch");
      VerifyReport report = Verification.run(store, scratch, findings::add);
      assertThat(findings).hasSize(1);
      assertThat(report.compared()).isEqualTo(MORE_THAN_A_BATCH);
      assertThat(scratch).doesNotExist();
    }
  }

  /** Each flush writes tables, and now and then merges some away. */
  private static void write(Tidemark store, int round) {
    for (int i = 0; i < 20; i++) {
      store.update("s:" + i, new Update.Add(Bytes.utf8("element " + round)));
    }
    store.flush();
  }
}
