package dev.tidemark.storage.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Killed processes left 33 copies of 17 MB each in the temporary directory. */
class NativeLibraryTest {
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  @Test
  void libraryIsLoadedFromOnePrivatePlace() throws IOException {
    assumeTrue(Files.exists(MAPPINGS) && System.getenv("ROCKSDB_SHAREDLIB_DIR") == null);
    NativeLibrary.load();

    List<Path> loaded;
    try (var lines = Files.lines(MAPPINGS)) {
      loaded =
          lines
              .filter(line -> line.contains("librocksdbjni"))
              .map(line -> Path.of(line.substring(line.indexOf('/'))))
              .distinct()
              .toList();
    }
    assertThat(loaded).hasSize(1);
    Path directory = loaded.get(0).getParent();
    assertThat(directory.getFileName().toString()).startsWith("rocksdbjni-");
    assertThat(directory.getParent().getFileName().toString()).startsWith("tidemark-");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }
}
