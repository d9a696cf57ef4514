package dev.tidemark.storage.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
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

  /**
   * A soak broke off here: between the moment at which its segments were looked up and the one at
   * which they were read again, the store that was verified had folded its log.
   */
  @Test
  void aLogThatIsFoldedWhileItIsReadIsReadAgain() {
    Path store = dir.resolve("store");
    StoreFiles files = new StoreFiles(store);
    try (Tidemark open = Tidemark.open(store, Schema.of("s:", Strategy.OR_SET))) {
      write(open, 0);
      open.roll();
      LogReader stale = LogReader.open(files);
      open.compact();
      AtomicInteger looks = new AtomicInteger();
      Function<Consumer<Finding>, VerifyReport> verification =
          listener -> {
            if (looks.getAndIncrement() == 0) {
              stale.cursor(1).next();
            }
            return Verification.run(store, dir.resolve("scratch"), listener);
          };

      VerifyReport report = MovingTarget.verify(files, finding -> {}, verification);

      assertThat(report.isClean()).isTrue();
      assertThat(looks).hasValue(2);
      looks.set(0);
      open.close();
      assertThatThrownBy(() -> MovingTarget.verify(files, finding -> {}, verification))
          .isInstanceOf(StoreUnusableException.class);
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
