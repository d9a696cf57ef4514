package dev.tidemark.tools.demo;

import dev.tidemark.error.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of the stores: kept if somebody named it, else a temporary one that goes with the
 * run, also when the run is ended by Ctrl-C.
 */
final class Workspace implements AutoCloseable {
  /** How long an ended process waits for its stores to be closed before it lets go of them. */
  private static final int PATIENCE_SECONDS = 10;

  private final Path dir;
  private final boolean kept;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "demo-shutdown");
  private volatile boolean stopped;

  Workspace(@Nullable Path keep) throws IOException {
    this.kept = keep != null;
    this.dir = keep == null ? Files.createTempDirectory("tidemark-demo-") : claimed(keep);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private static Path claimed(Path keep) throws IOException {
    Files.createDirectories(keep);
    try (Stream<Path> files = Files.list(keep)) {
      if (files.findAny().isPresent()) {
        throw Problem.of("directory is not empty")
            .with("dir", keep)
            .advise("name one that is empty or does not exist yet")
            .illegalArgument();
      }
    }
    return keep;
  }

  Path replica(int number) {
    return dir.resolve("replica-%02d".formatted(number));
  }

  Path newcomer() {
    return dir.resolve("newcomer");
  }

  /** Ends the run if the process is about to end. */
  void requireRunning() {
    if (stopped) {
      throw new CancellationException("the process ends");
    }
  }

  /** To be called once all stores are closed. */
  @Override
  public void close() throws IOException {
    try {
      if (!kept) {
        delete();
      }
    } finally {
      closed.countDown();
      if (!stopped) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }

  private void interrupted() {
    stopped = true;
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && !kept) {
        delete();
      }
    } catch (InterruptedException | IOException e) {
      // The process ends: the directory stays to the system's own care for temporary files.
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      files.sorted(Comparator.reverseOrder()).forEach(Workspace::delete);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
