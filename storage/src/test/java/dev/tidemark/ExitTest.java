package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.type.Durability;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process that ends while its store is in use, by itself and without a close: native code is
 * unloaded under running threads then. It ends at once, without a crash, and nothing that was
 * acknowledged is lost.
 */
class ExitTest {
  private static final int ROUNDS = Boolean.getBoolean("tidemark.nightly") ? 50 : 1;
  private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
  private static final int MOST_COMMITS = 200;
  private static final Duration HANGS = Duration.ofSeconds(60);
  private static final int SIGTERM = 143;

  @TempDir(factory = TempDirFactory.Standard.class)
  private Path parent;

  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @ParameterizedTest
  @EnumSource(BusyProcess.Ending.class)
  void endsAtOnceWithoutACrashAndKeepsWhatWasAcknowledged(BusyProcess.Ending ending)
      throws Exception {
    SplittableRandom random = new SplittableRandom(SEED + ending.ordinal());
    for (int round = 0; round < ROUNDS; round++) {
      int commits = 1 + random.nextInt(MOST_COMMITS);
      String at = ending + " after " + commits + " commits, -Dtidemark.seed=" + SEED;
      long[] acknowledged = run(ending, commits, at);
      try (Tidemark store = open()) {
        for (int writer = 0; writer < BusyProcess.WRITERS; writer++) {
          long last = BusyProcess.last(store, writer);
          assertThat(last).as(at).isGreaterThanOrEqualTo(acknowledged[writer]);
          assertThat(store.orSet("set:" + writer, Codec.int64()).elements())
              .as(at)
              .isEqualTo(LongStream.rangeClosed(1, last).boxed().toList());
          BusyProcess.write(store, writer, last + 1, Durability.SYNCED);
        }
      }
    }
  }

  private Tidemark open() {
    return audit.open(parent.resolve("store"), BusyProcess.SCHEMA, BusyProcess.OPTIONS);
  }

  /** Gives the last number of each writer that was acknowledged. */
  private long[] run(BusyProcess.Ending ending, int commits, String at) throws Exception {
    String dir = parent.resolve("store").toString();
    Path crash = parent.resolve("crash.log");
    Process process =
        JavaProcess.of(
                List.of("-Xmx256m", "-XX:ErrorFile=" + crash),
                BusyProcess.class,
                dir,
                ending.name(),
                Integer.toString(commits))
            .start();
    long[] acknowledged = new long[BusyProcess.WRITERS];
    try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
      long endingAt = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(BusyProcess.ENDING)) {
          endingAt = System.nanoTime();
          if (ending == BusyProcess.Ending.SIGNAL) {
            // By its handle: the process itself would close what it has printed.
            process.toHandle().destroy();
          }
        } else {
          acknowledge(line, acknowledged);
        }
      }
      assertThat(process.waitFor(HANGS.toSeconds(), TimeUnit.SECONDS)).as(at).isTrue();
      assertThat(endingAt).as(at).isPositive();
      assertThat(Duration.ofNanos(System.nanoTime() - endingAt)).as(at).isLessThan(HANGS);
      assertThat(process.exitValue()).as(at).isEqualTo(exitCode(ending));
      assertThat(crash).as(at).doesNotExist();
    } finally {
      process.destroyForcibly().waitFor();
    }
    return acknowledged;
  }

  /** The end may cut the last line short. */
  private static void acknowledge(String line, long[] acknowledged) {
    if (line.endsWith(".")) {
      int space = line.indexOf(' ');
      long number = Long.parseLong(line.substring(space + 1, line.length() - 1));
      acknowledged[Integer.parseInt(line.substring(0, space))] = number;
    }
  }

  private static int exitCode(BusyProcess.Ending ending) {
    return switch (ending) {
      case EXIT, HALT -> BusyProcess.EXIT_CODE;
      case RETURN -> 0;
      case SIGNAL -> SIGTERM;
    };
  }
}
