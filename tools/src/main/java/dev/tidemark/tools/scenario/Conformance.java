package dev.tidemark.tools.scenario;

import dev.tidemark.tools.output.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios side by side and tells their outcomes in the order of the files. Only a few
 * scenarios are in memory at a time, however long the files are.
 */
public final class Conformance implements AutoCloseable {
  private static final int WAITING_PER_THREAD = 8;

  private final Path directory;
  private final boolean keep;
  private final Listener listener;
  private final int capacity;
  private final ExecutorService threads;
  private final Queue<Future<Outcome>> running = new ArrayDeque<>();

  /** Sees what came of each scenario. */
  @FunctionalInterface
  public interface Listener {
    /** Sees one outcome. */
    void onOutcome(Outcome outcome);
  }

  /** What came of one scenario. */
  public record Outcome(String where, List<Mismatch> mismatches) {}

  /**
   * Prepares a run.
   *
   * @param directory where the stores go, each scenario's in a directory of its own
   * @param keep whether they stay there
   */
  public Conformance(Path directory, boolean keep, int threads, Listener listener) {
    this.directory = directory;
    this.keep = keep;
    this.listener = listener;
    this.capacity = threads * WAITING_PER_THREAD;
    this.threads = Executors.newFixedThreadPool(threads);
  }

  /**
   * Runs the scenarios of the files.
   *
   * @throws IllegalArgumentException naming file and line, if a line is no scenario
   */
  public void run(List<Path> files, Progress progress) throws IOException {
    long done = 0;
    for (int i = 0; i < files.size(); i++) {
      Path file = files.get(i);
      try (JsonLines lines = JsonLines.open(file)) {
        Scenario scenario = lines.next(ScenarioParser::parse);
        while (scenario != null) {
          submit(file, i, lines.number(), scenario);
          progress.at(++done, (i + lines.share()) / files.size());
          scenario = lines.next(ScenarioParser::parse);
        }
      }
    }
    while (!running.isEmpty()) {
      listener.onOutcome(finished(running.remove()));
    }
  }

  private void submit(Path file, int fileIndex, long line, Scenario scenario) throws IOException {
    if (running.size() == capacity) {
      listener.onOutcome(finished(running.remove()));
    }
    String where = file.getFileName() + ":" + line + " " + scenario.name();
    // Files of one name in different directories must not meet.
    Path stores = directory.resolve((fileIndex + 1) + "-" + file.getFileName() + "-" + line);
    running.add(threads.submit(() -> new Outcome(where, run(scenario, stores))));
  }

  private List<Mismatch> run(Scenario scenario, Path stores) throws IOException {
    List<Mismatch> mismatches = new ArrayList<>();
    try (Cluster cluster = Cluster.open(scenario, stores, StoreSize.SMALL)) {
      for (Scenario.NumberedStep step : scenario.steps()) {
        cluster.run(step, mismatches::add);
      }
      if (scenario.last() != null) {
        cluster.run(scenario.last(), mismatches::add);
      }
    } finally {
      if (!keep) {
        Directories.delete(stores);
      }
    }
    return mismatches;
  }

  private static Outcome finished(Future<Outcome> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw rethrown(e.getCause());
    }
  }

  private static IOException rethrown(@Nullable Throwable cause) {
    if (cause instanceof RuntimeException e) {
      throw e;
    } else if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof IOException e ? e : new IOException(cause);
  }

  /** Waits for what is running still, and starts nothing more. */
  @Override
  public void close() {
    threads.shutdown();
    running.forEach(future -> future.cancel(false));
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        threads.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
