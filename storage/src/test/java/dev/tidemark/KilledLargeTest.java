package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.blob.SweepReport;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large values of a process that was killed, and of one with a small heap. */
class KilledLargeTest {
  private static final int KILLED = 128 + 9;
  private static final long LENGTH = (2 << 20) + 7;

  @TempDir private Path parent;

  private List<String> run(int exitCode, long length, String... jvm) throws Exception {
    Process process =
        JavaProcess.of(
                List.of(jvm),
                LargeProcess.class,
                parent.resolve("store").toString(),
                Long.toString(length))
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(exitCode);
    return said.lines().toList();
  }

  /** What was acknowledged is there; what was not is there as a whole, or not at all. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "blob_chunk.before:6",
        "blob_chunk.after:6",
        "blob_force.before:2",
        "blob_force.after:2",
        "commit.before:2",
        "commit.after:2",
        "commit.before:3",
        "commit.after:3",
        "blob_sweep.before:1",
        "blob_sweep.after:1",
        "blob_sweep.after:3"
      })
  void keepsWhatWasAcknowledgedAndNothingByHalves(String moment) throws Exception {
    List<String> said = run(KILLED, LENGTH, "-Xmx256m", "-D" + CrashPoint.PROPERTY + "=" + moment);

    assertThat(said).as(moment).startsWith("a 1");
    Path directory = parent.resolve("store");
    try (Tidemark store = Tidemark.open(directory, LargeProcess.SCHEMA, LargeProcess.OPTIONS)) {
      expect(store, "a", said.contains("a 3") ? List.of(3L) : List.of(1L, 3L));
      expect(store, "b", said.contains("b 2") ? List.of(2L) : List.of(0L, 2L));
      SweepReport swept = store.largeValues().sweep();
      assertThat(swept.completed()).isTrue();
      assertThat(store.largeValues().sweep().removed()).isZero();
    }
    StoreAudit.check(directory);
    List<Finding> findings = new ArrayList<>();
    Verification.run(directory, parent.resolve("scratch"), findings::add);
    assertThat(findings).isEmpty();
  }

  /** One of these; seed 0 stands for nothing. */
  private static void expect(Tidemark store, String key, List<Long> seeds) throws Exception {
    Optional<InputStream> value = store.largeValues().read(key);
    if (value.isEmpty()) {
      assertThat(seeds).contains(0L);
      return;
    }
    byte[] actual;
    try (InputStream in = value.get()) {
      actual = in.readAllBytes();
    }
    List<byte[]> possible = new ArrayList<>();
    for (long seed : seeds) {
      if (seed != 0) {
        possible.add(LargeProcess.content(seed, LENGTH).readAllBytes());
      }
    }
    assertThat(possible).anyMatch(content -> java.util.Arrays.equals(content, actual));
  }

  @Test
  void aValueOfManyTimesTheHeapGoesInAndOut() throws Exception {
    long length = Long.getLong("tidemark.large", 96L << 20);

    List<String> said = run(0, length, "-Xmx32m", "-XX:+UseSerialGC");

    // The chunks of what was replaced, and the list of them.
    assertThat(said).containsExactly("a 1", "b 2", "a 3", "swept " + ((length >> 20) + 1));
  }
}
