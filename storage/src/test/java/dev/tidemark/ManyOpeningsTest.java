package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process holds after many openings of a store is what it held after a few. */
class ManyOpeningsTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");
  private static final int WARM = NIGHTLY ? 200 : 50;
  private static final int ROUNDS = NIGHTLY ? 1_200 : 150;

  /** Of thread stacks and of arenas that malloc makes as it pleases. */
  private static final long SLACK_MAPPINGS = 30;

  private static final long SLACK_KIB = 24 << 10;

  @TempDir private Path dir;

  @Test
  void leaveNoDescriptorMappingThreadOrMemoryBehind() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/maps")), "needs /proc");
    // A heap that is resident from the start: what grows then is native. Compilers come and go.
    List<String> jvm =
        List.of(
            "-Xms48m",
            "-Xmx48m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:-UseDynamicNumberOfCompilerThreads");
    Process process =
        JavaProcess.of(jvm, OpenedProcess.class, dir.toString(), "" + WARM, "" + ROUNDS).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    List<String> lines = output.lines().toList();
    assertThat(lines).hasSize(2);
    System.out.printf(
        "descriptors, mappings, threads, resident KiB: after %d openings %s; after %d %s%n",
        WARM, lines.get(0), ROUNDS, lines.get(1));
    long[] first = numbers(lines.get(0));
    long[] last = numbers(lines.get(1));
    assertThat(last[0]).as("descriptors").isLessThanOrEqualTo(first[0]);
    assertThat(last[1]).as("mappings").isLessThanOrEqualTo(first[1] + SLACK_MAPPINGS);
    assertThat(last[2]).as("threads").isLessThanOrEqualTo(first[2]);
    assertThat(last[3]).as("resident KiB").isLessThanOrEqualTo(first[3] + SLACK_KIB);
  }

  private static long[] numbers(String line) {
    return List.of(line.split(" ", -1)).stream().mapToLong(Long::parseLong).toArray();
  }
}
