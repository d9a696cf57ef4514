package dev.tidemark.storage.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Scratch directories in memory, where there is room: a test that is not about a disk, or plays it
 * itself, has nothing from waiting for a real one.
 */
public final class MemoryDirectory implements TempDirFactory {
  /** Where they are, if they are. */
  public static final Path MEMORY = Path.of("/dev/shm");

  private static final long ROOM_BYTES = 1L << 30;

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    return make();
  }

  /** A new one, for whoever is no test. */
  public static Path make() throws IOException {
    return make("tidemark-test");
  }

  /** The same with a beginning of its name. */
  public static Path make(String prefix) throws IOException {
    boolean fits =
        Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ROOM_BYTES;
    return fits ? Files.createTempDirectory(MEMORY, prefix) : Files.createTempDirectory(prefix);
  }
}
