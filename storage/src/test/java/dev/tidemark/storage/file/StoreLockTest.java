package dev.tidemark.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.StoreLockedException;
import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {
  private Path root;
  private StoreFiles files;

  @BeforeEach
  void aDirectory(@TempDir Path path) throws IOException {
    root = path;
    files = new StoreFiles(Files.createDirectory(path.resolve("store")));
  }

  @Test
  void refusesASecondOpenInThisProcessAndNamesIt() {
    long pid = ProcessHandle.current().pid();
    try (StoreLock lock = StoreLock.acquire(files)) {
      assertThat(lock).isNotNull();
      assertThat(StoreLock.owner(files)).hasValue(pid);
      assertThatThrownBy(() -> StoreLock.acquire(files))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining("directory=" + files.directory())
          .hasMessageContaining("owner=pid " + pid);
    }
    assertThat(StoreLock.owner(files)).isEmpty();
    StoreLock.acquire(files).close();
  }

  @Test
  void refusesASecondOpenThroughASymbolicLink() throws IOException {
    StoreFiles linked =
        new StoreFiles(Files.createSymbolicLink(root.resolve("link"), files.directory()));
    try (StoreLock lock = StoreLock.acquire(files)) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> StoreLock.acquire(linked)).isInstanceOf(StoreLockedException.class);
    }
  }

  @Test
  void keepsOtherProcessesOutAndOutlivesTheirAttempts() throws Exception {
    try (StoreLock lock = StoreLock.acquire(files)) {
      assertThat(lock).isNotNull();
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThat(inAnotherProcess())
            .contains("store is open already")
            .contains("pid " + ProcessHandle.current().pid());
      }
    }
    assertThat(inAnotherProcess()).contains("acquired");
    // Its owner died without closing it.
    StoreLock.acquire(files).close();
  }

  @Test
  void refusesAMissingDirectory() {
    assertThatThrownBy(() -> StoreLock.acquire(new StoreFiles(root.resolve("missing"))))
        .isInstanceOf(StoreUnusableException.class);
  }

  @Test
  void takesOverALockFileOfGarbage() throws IOException {
    Files.write(files.lock(), new byte[] {1, 2, 3});
    StoreLock.acquire(files).close();
    assertThat(Files.readString(files.lock()).trim())
        .isEqualTo(Long.toString(ProcessHandle.current().pid()));
  }

  private String inAnotherProcess() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-opens",
                    "java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-opens",
                    "java.base/java.lang.reflect=ALL-UNNAMED",
                    "--add-exports",
                    "java.base/jdk.internal.misc=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Contender.class.getName(),
                    files.directory().toString()))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output;
  }

  /** Another process that wants the directory. */
  static final class Contender {
    public static void main(String[] arguments) {
      StoreLock.acquire(new StoreFiles(Path.of(arguments[0])));
      System.out.println("acquired");
      Runtime.getRuntime().halt(0);
    }
  }
}
