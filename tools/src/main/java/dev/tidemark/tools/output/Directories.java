package dev.tidemark.tools.output;

import dev.tidemark.error.Problem;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Directories that stores are put into for a run. */
public final class Directories {
  private Directories() {}

  /** Makes sure that nothing is there yet: old stores would bring their old values. */
  public static void requireFresh(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    boolean used = !Files.isDirectory(directory);
    if (!used) {
      try (Stream<Path> entries = Files.list(directory)) {
        used = entries.findAny().isPresent();
      }
    }
    if (used) {
      throw Problem.of("directory is in use already")
          .with("directory", directory)
          .advise("give one that is empty or not there yet")
          .illegalArgument();
    }
  }

  /** Deletes a directory and all in it; follows no link. */
  public static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
