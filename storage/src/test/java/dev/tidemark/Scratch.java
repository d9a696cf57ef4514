package dev.tidemark;

import dev.tidemark.storage.fault.CheckedDirectory;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.file.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Directories for properties, of which each try needs one of its own. */
final class Scratch {
  private Scratch() {}

  static Path directory() {
    try {
      return MemoryDirectory.make(CheckedDirectory.PREFIX);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path directory) {
    Trees.delete(directory);
  }
}
