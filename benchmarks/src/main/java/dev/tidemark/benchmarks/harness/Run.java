package dev.tidemark.benchmarks.harness;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of a benchmark: its size, a directory that goes with the run, and where its rows go. */
public final class Run implements AutoCloseable {
  private final Scale scale;
  private final Path directory;
  private final Consumer<Row> rows;
  private final Consumer<String> notes;

  /**
   * A run.
   *
   * @param parent where it makes its directory
   */
  public Run(Scale scale, Path parent, Consumer<Row> rows, Consumer<String> notes)
      throws IOException {
    this.scale = scale;
    this.directory = Files.createTempDirectory(parent, "tidemark-bench-");
    this.rows = rows;
    this.notes = notes;
  }

  /** The size that goes with the scale of this run. */
  public int size(int full, int quick, int tiny) {
    return scale.of(full, quick, tiny);
  }

  /** A place for a store. */
  public Path directory(String name) {
    return directory.resolve(name);
  }

  /** Adds a row to the table. */
  public void row(Row row) {
    rows.accept(row);
  }

  /** Says what is going on. */
  public void note(String format, Object... arguments) {
    notes.accept(Figure.format(format, arguments));
  }

  /** Copies a directory and all in it. */
  public static void copy(Path directory, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path path : walk.toList()) {
        Files.copy(path, to.resolve(directory.relativize(path).toString()));
      }
    }
  }

  /** Removes a store, or what is left of it. */
  public static void delete(Path directory) throws IOException {
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

  @Override
  public void close() throws IOException {
    delete(directory);
  }
}
