package dev.tidemark.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Where this process has a native library from. */
public final class LoadedLibrary {
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  private LoadedLibrary() {}

  /** Requires that it is loaded, once, from the stable place for libraries of its name. */
  public static void assertStable(String fileNameStart, String directoryStart) throws IOException {
    assumeTrue(Files.exists(MAPPINGS));
    List<Path> loaded;
    try (var lines = Files.lines(MAPPINGS)) {
      loaded =
          lines
              .filter(line -> line.contains(fileNameStart))
              .map(line -> Path.of(line.substring(line.indexOf('/'))))
              .distinct()
              .toList();
    }
    assertThat(loaded).hasSize(1);
    Path directory = loaded.get(0).getParent();
    assertThat(directory.getFileName().toString()).startsWith(directoryStart);
    assertThat(directory.getParent().getFileName().toString()).startsWith("tidemark-");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }
}
