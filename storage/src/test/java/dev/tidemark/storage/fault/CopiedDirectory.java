package dev.tidemark.storage.fault;

import dev.tidemark.storage.file.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * RocksDB's directory. It forces what counts by itself; what is in its memory is in no file, so a
 * copy of the files has what a power loss leaves.
 */
final class CopiedDirectory implements Forgetful {
  private static final int TRIES = 100;

  private Path path;

  CopiedDirectory(Path path) {
    this.path = path;
  }

  @Override
  public void moved(Path to) {
    path = to;
  }

  @Override
  public void gone() {}

  @Override
  public boolean isSaved() {
    return true;
  }

  @Override
  public void build(Path target, Chance chance) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      List<Path> before = files();
      Files.createDirectory(target);
      if (copy(before, target) && files().equals(before)) {
        return;
      }
      Trees.delete(target);
    }
    throw new IOException("files come and go all the time in " + path);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.sorted().toList();
    }
  }

  private static boolean copy(List<Path> files, Path target) throws IOException {
    for (Path file : files) {
      try {
        Files.copy(file, target.resolve(file.getFileName()));
      } catch (NoSuchFileException goneMeanwhile) {
        return false;
      }
    }
    return true;
  }
}
