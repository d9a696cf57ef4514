package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large values by the command line. */
class BlobsCommandTest {
  private static final int BYTES = (2 << 20) + 5;

  @TempDir Path temporary;
  private Path store;
  private Path file;

  @BeforeEach
  void putAFile() throws IOException {
    store = temporary.resolve("store");
    file = temporary.resolve("file");
    byte[] content = new byte[BYTES];
    new Random(1).nextBytes(content);
    Files.write(file, content);
    Tool.fine("update", store, "r:1", "set", "--file", file, "--schema", "m:=lww-map", "--synced");
    Tool.fine("update", store, "m:1", "put", "f", "--file", file);
  }

  @Test
  void aFileGoesInAndOutAndIsShownByLengthAndHash() throws IOException {
    assertThat(Tool.fine("read", store, "r:1").out())
        .matches("\\{\"length\":" + BYTES + ",\"sha256\":\"[0-9a-f]{64}\"}\n");
    assertThat(Tool.fine("log", store, "--key", "r:1").out())
        .contains("set a large value of " + BYTES + " bytes, sha256 ");
    Path out = temporary.resolve("out");
    Tool.fine("read", store, "r:1", "--out", out);
    assertThat(out).hasSameBinaryContentAs(file);
    Path field = temporary.resolve("field");
    Tool.fine("read", store, "m:1", "--field", "f", "--out", field);
    assertThat(field).hasSameBinaryContentAs(file);
    assertThat(Tool.run("read", store, "r:2", "--out", temporary.resolve("none")).exitCode())
        .isEqualTo(1);
    assertThat(temporary.resolve("none")).doesNotExist();
  }

  @Test
  void aFileThatIsTooLongForItsOperationChangesNothing() {
    Tool refused = Tool.run("update", store, "s:1", "add", "--file", file, "--schema", "s:=or-set");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("file is too long for this operation");
  }

  @Test
  void damageIsToldAndWhatNothingRefersToIsSwept() throws IOException {
    assertThat(Tool.fine("blobs", store).lines())
        .contains("values        1", "missing       0", "damaged       0")
        .anyMatch(line -> line.startsWith("chunks        4, "))
        .contains("unreferenced  0, 0 bytes");
    Tool.fine("update", store, "r:1", "set", "x");
    Tool.fine("update", store, "m:1", "delete");
    Tool.fine("compact", store);
    assertThat(Tool.fine("blobs", store, "--json").out()).contains("\"unreferenced\":4");
    assertThat(Tool.fine("blobs", store, "--sweep").lines().get(0))
        .startsWith("removed: 4 chunks, ");
    assertThat(Tool.fine("blobs", store).lines()).contains("unreferenced  0, 0 bytes");

    Tool.fine("update", store, "r:1", "set", "--file", file);
    try (Stream<Path> chunks = Files.walk(new StoreFiles(store).blobs())) {
      Files.delete(chunks.filter(Files::isRegularFile).findFirst().orElseThrow());
    }
    Tool missing = Tool.run("blobs", store);
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.out()).contains("missing: ");
    assertThat(Tool.run("verify", store).exitCode()).isEqualTo(2);
  }
}
