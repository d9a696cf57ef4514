package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stores that are larger than the heap, and a heap that is full. */
class HeapTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");

  /** Of 128 KiB each: a hundred heaps, or one and a half. */
  private static final long VALUES = NIGHTLY ? 38_400 : 600;

  @TempDir(factory = TempDirFactory.Standard.class)
  private Path dir;

  @RegisterExtension final StoreAudit audit = new StoreAudit();

  static IntStream roomLeft() {
    return NIGHTLY ? IntStream.range(0, 100).map(i -> i * 600) : IntStream.of(2_000, 20_000);
  }

  @Test
  void writesReplaysAndScansManyTimesWhatTheHeapHolds() throws Exception {
    List<String> serial = List.of("-Xmx48m", "-XX:+UseSerialGC");
    String path = dir.toString();
    List<String> lines = run(serial, SmallHeapProcess.class, path, "1", "" + VALUES);
    assertThat(lines).containsExactly("replayed 0", "written " + VALUES);
    lines = run(serial, SmallHeapProcess.class, path, "" + (VALUES + 1), "" + (VALUES + 10));
    assertThat(lines).hasSize(2).contains("written " + (VALUES + 10));
    try (Tidemark store = audit.open(dir, Schema.empty(), Options.defaults())) {
      assertThat(store.status().appendedPosition()).isEqualTo(VALUES + 10);
    }
  }

  @Test
  void foldsALogManyTimesWhatTheHeapHolds() throws Exception {
    List<String> serial = List.of("-Xmx48m", "-XX:+UseSerialGC");
    List<String> lines = run(serial, CompactingProcess.class, dir.toString(), "" + VALUES);
    System.out.println(lines);
    assertThat(lines).hasSize(1).first().asString().contains("records=" + VALUES / 2 + ",");
    try (Tidemark store = audit.open(dir, Schema.empty(), Options.defaults())) {
      assertThat(store.status().segments()).isEqualTo(1);
      assertThat(store.lwwRegister("k0", Codec.utf8()).get().orElseThrow())
          .startsWith(VALUES / 2 + ":");
    }
  }

  /**
   * Where memory runs out depends on what is left: before the log, an update is absent; after it,
   * writing ends. A commit is never half there, and none builds on one that is.
   */
  @ParameterizedTest
  @MethodSource("roomLeft")
  void failsClosedWhenTheApplicationFillsTheHeap(int bytesLeft) throws Exception {
    List<String> jvm = List.of("-Xmx24m", "-XX:+UseSerialGC");
    List<String> lines = run(jvm, FullHeapProcess.class, dir.toString(), "" + bytesLeft);
    List<Long> acknowledged =
        lines.stream()
            .filter(line -> line.endsWith("."))
            .map(line -> Long.parseLong(line.substring(0, line.length() - 1)))
            .toList();
    assertThat(acknowledged).hasSizeGreaterThan(90);
    assertThat(lines.get(lines.size() - 1))
        .startsWith("failed")
        .isNotEqualTo("failed 0, refused 0");
    try (Tidemark store = audit.open(dir, FullHeapProcess.SCHEMA, FullHeapProcess.OPTIONS)) {
      List<Long> held = store.orSet("set:all", Codec.int64()).elements();
      assertThat(held).containsAll(acknowledged);
      long last = held.get(held.size() - 1);
      assertThat(store.lwwRegister("last", Codec.int64()).get()).contains(last);
      assertThat(store.lwwRegister("first", Codec.utf8()).get().orElseThrow())
          .startsWith(last + ":");
      FullHeapProcess.write(store, last + 1);
      assertThat(store.orSet("set:all", Codec.int64()).size()).isEqualTo(held.size() + 1L);
    }
  }

  private static List<String> run(List<String> jvm, Class<?> main, String... arguments)
      throws Exception {
    Process process = JavaProcess.of(jvm, main, arguments).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }
}
