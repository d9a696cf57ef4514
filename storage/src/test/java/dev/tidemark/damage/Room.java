package dev.tidemark.damage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory for many small stores: in memory where there is enough of it, since none is kept. */
final class Room {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long ENOUGH = 1L << 30;

  private Room() {}

  static Path make() {
    try {
      boolean inMemory =
          Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH;
      return inMemory
          ? Files.createTempDirectory(MEMORY, "tidemark-damage")
          : Files.createTempDirectory("tidemark-damage");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
