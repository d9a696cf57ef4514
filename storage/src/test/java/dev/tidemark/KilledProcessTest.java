package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.error.StoreLockedException;
import dev.tidemark.type.Durability;
import dev.tidemark.type.JournalEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** What a store is after its process was killed while it wrote. */
class KilledProcessTest {
  private static final int ROUNDS = 3;
  private static final int ENOUGH = 600;

  @TempDir(factory = TempDirFactory.Standard.class)
  private Path dir;

  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @Test
  void keepsEveryAcknowledgedCommitWholeAndGoesOn() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      long acknowledged = writeAndKill();
      long last;
      try (Tidemark store = open()) {
        last = CrashingWriter.last(store);
        assertThat(last).isGreaterThanOrEqualTo(acknowledged);
        expectExactly(store, last);
        CrashingWriter.write(store, last + 1, Durability.SYNCED);
      }
      try (Tidemark again = open()) {
        expectExactly(again, last + 1);
      }
    }
  }

  /** All up to a number, and of no commit a part. */
  private static void expectExactly(Tidemark store, long last) {
    assertThat(CrashingWriter.last(store)).isEqualTo(last);
    assertThat(store.gCounter("count:all").value()).isEqualTo(last);
    List<Long> numbers = LongStream.rangeClosed(1, last).boxed().toList();
    assertThat(store.orSet("set:all", Codec.int64()).elements()).isEqualTo(numbers);
    assertThat(store.journal("journal:all", Codec.int64()).events())
        .extracting(JournalEvent::event)
        .isEqualTo(numbers);
  }

  private Tidemark open() {
    return audit.open(dir, CrashingWriter.SCHEMA, CrashingWriter.OPTIONS);
  }

  /** Gives the last number that the process said is in. */
  private long writeAndKill() throws IOException, InterruptedException {
    Process process = start();
    long acknowledged = 0;
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      long first = Long.parseLong(lines.readLine());
      acknowledged = first;
      while (acknowledged < first + ENOUGH) {
        acknowledged = Long.parseLong(lines.readLine());
      }
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining("pid " + process.pid());
      // By its handle: the process itself would close what it has printed.
      process.toHandle().destroyForcibly();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty()) {
          acknowledged = Math.max(acknowledged, number(line, acknowledged));
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return acknowledged;
  }

  /** The kill may cut the last line short. */
  private static long number(String line, long before) {
    long number = Long.parseLong(line);
    return number == before + 1 ? number : before;
  }

  private Process start() throws IOException {
    return JavaProcess.of(List.of("-Xmx256m"), CrashingWriter.class, dir.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
