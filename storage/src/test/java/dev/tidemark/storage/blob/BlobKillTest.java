package dev.tidemark.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.JavaProcess;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.storage.fault.CrashPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is there of large values after the process was killed that wrote and swept them. */
class BlobKillTest {
  private static final int KILLED = 128 + 9;
  private static final int VALUES = 4;

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blob_chunk.before:1",
        "blob_chunk.before:5",
        "blob_chunk.after:5",
        "blob_force.before:3",
        "blob_force.after:3",
        "blob_sweep.before:1",
        "blob_sweep.after:1",
        "blob_sweep.before:2"
      })
  void keepsWhatWasPromised(String moment) throws Exception {
    Process process =
        JavaProcess.of(
                List.of("-Xmx64m", "-D" + CrashPoint.PROPERTY + "=" + moment),
                Writer.class,
                dir.toString())
            .start();
    assertThat(process.waitFor()).isEqualTo(KILLED);
    try (BlobStore store = Blobs.open(dir)) {
      Map<Integer, LargeValue> promised = Writer.promised(dir);
      promised.forEach(
          (number, value) ->
              assertThat(Blobs.read(store, value)).isEqualTo(Writer.content(number)));
      // It goes on as if nothing had been.
      for (int i = 0; i < VALUES; i++) {
        LargeValue value = Blobs.write(store, Writer.content(i));
        assertThat(Blobs.read(store, value)).isEqualTo(Writer.content(i));
      }
      Blobs.sweep(store, List.of());
      assertThat(Blobs.chunks(dir)).isEmpty();
      assertThat(Blobs.files(dir).unfinished()).isEmptyDirectory();
    }
  }

  /** Writes values and tells what is promised of them; drops one, and sweeps. */
  static final class Writer {
    private Writer() {}

    /** Argument: the directory. */
    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      try (BlobStore store = Blobs.open(directory)) {
        for (int i = 0; i < VALUES; i++) {
          LargeValue value = Blobs.write(store, content(i));
          promise(directory, i + " " + value.length() + " " + ChunkFiles.hex(value.root()) + "\n");
        }
        promise(directory, "0 dropped\n");
        Blobs.sweep(store, promised(directory).values());
      }
    }

    /** Two of them share a chunk. */
    static byte[] content(int number) {
      byte[] content = Blobs.noise(1, 2 * Blobs.MIB + 1);
      content[content.length - 1] = (byte) number;
      return content;
    }

    private static void promise(Path directory, String line) throws IOException {
      Files.writeString(
          directory.resolve("promised"),
          line,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }

    static Map<Integer, LargeValue> promised(Path directory) throws IOException {
      Map<Integer, LargeValue> promised = new HashMap<>();
      Path file = directory.resolve("promised");
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        String[] parts = line.split(" ");
        int number = Integer.parseInt(parts[0]);
        if (parts.length == 3) {
          byte[] root = HexFormat.of().parseHex(parts[2]);
          promised.put(number, new LargeValue(Long.parseLong(parts[1]), Bytes.wrap(root)));
        } else {
          promised.remove(number);
        }
      }
      return promised;
    }
  }
}
