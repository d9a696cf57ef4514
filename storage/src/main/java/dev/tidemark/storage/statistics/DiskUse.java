package dev.tidemark.storage.statistics;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up the lengths of a store's files; what goes away meanwhile is left out. */
final class DiskUse extends SimpleFileVisitor<Path> {
  private final Path directory;
  private final Map<String, Long> bytes = new TreeMap<>();

  private DiskUse(Path directory) {
    this.directory = directory;
  }

  /** By the name in the directory that a file has or lies under. */
  static Map<String, Long> of(Path directory) {
    DiskUse use = new DiskUse(directory);
    try {
      Files.walkFileTree(directory, use);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("store directory cannot be listed")
              .with("directory", directory)
              .with("cause", e),
          e);
    }
    return use.bytes;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    String name = directory.relativize(file).getName(0).toString();
    bytes.merge(name, attributes.size(), Long::sum);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) {
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) {
    return FileVisitResult.CONTINUE;
  }
}
