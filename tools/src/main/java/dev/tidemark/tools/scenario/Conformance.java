package dev.tidemark.tools.scenario;

import dev.tidemark.tools.output.Directories;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.tools.transport.Transport;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios side by side and tells their outcomes in the order of the files. Only a few
 * scenarios are in memory at a time, however long the files are.
 */
public final class Conformance implements AutoCloseable {
  private static final int WAITING_PER_THREAD = 8;

  /**
   * How many scenarios leave their stores lying before they are deleted together. Some file systems
   * pass over inodes that were deleted a short while ago, one by one, whenever a file is created:
   * deleting after each scenario made the others twice as slow.
   */
  private static final int DELETED_TOGETHER = 1000;

  private final Path directory;
  private final boolean keep;
  private final Forced forced;
  private final Transport.Kind transport;
  private final Listener listener;
  private final int capacity;
  private final ExecutorService threads;
  private final Queue<Future<Outcome>> running = new ArrayDeque<>();
  private final List<Path> finished = new ArrayList<>();
  private long skipped;

  /** Sees what came of each scenario. */
  public interface Listener {
    /** Sees one outcome. */
    void onOutcome(Outcome outcome);

    /** Sees that a line is no scenario: what is wrong with it, with file and line. */
    void onMalformed(String complaint);
  }

  /** What came of one scenario, and where its stores are. */
  public record Outcome(String where, Path stores, List<Mismatch> mismatches) {}

  /**
   * Prepares a run.
   *
   * @param directory where the stores go, each scenario's in a directory of its own
   * @param keep whether they stay there; else the caller deletes what is left after the run
   * @param forced what is done after every step
   * @param transport how stores take from each other
   */
  public Conformance(
      Path directory,
      boolean keep,
      Forced forced,
      Transport.Kind transport,
      int threads,
      Listener listener) {
    this.directory = directory;
    this.keep = keep;
    this.forced = forced;
    this.transport = transport;
    this.listener = listener;
    this.capacity = threads * WAITING_PER_THREAD;
    this.threads = Executors.newFixedThreadPool(threads);
  }

  /** Runs the scenarios of the files; lines that are none are told and passed over. */
  public void run(List<Path> files, Progress progress) throws IOException {
    long done = 0;
    for (int i = 0; i < files.size(); i++) {
      try (JsonLines lines = JsonLines.open(files.get(i))) {
        while (runNext(files.get(i), i, lines)) {
          progress.at(++done, (i + lines.share()) / files.size());
        }
      }
    }
    while (!running.isEmpty()) {
      awaitOldest();
    }
  }

  /** Gives whether there was a line. */
  private boolean runNext(Path file, int fileIndex, JsonLines lines) throws IOException {
    Scenario scenario;
    try {
      scenario = lines.next(ScenarioParser::parseWhole);
    } catch (IllegalArgumentException e) {
      listener.onMalformed(String.valueOf(e.getMessage()));
      return true;
    }
    if (scenario == null) {
      return false;
    }
    if (forced.fits(scenario)) {
      submit(file, fileIndex, lines.number(), scenario);
    } else {
      skipped++;
    }
    return true;
  }

  /** Scenarios that what is forced does not fit, and that were not run. */
  public long skipped() {
    return skipped;
  }

  private void submit(Path file, int fileIndex, long line, Scenario scenario) throws IOException {
    if (running.size() == capacity) {
      awaitOldest();
    }
    String where = file.getFileName() + ":" + line + " " + scenario.name();
    // Files of one name in different directories must not meet.
    Path stores = directory.resolve((fileIndex + 1) + "-" + file.getFileName() + "-" + line);
    running.add(threads.submit(() -> new Outcome(where, stores, run(scenario, stores))));
  }

  private void awaitOldest() throws IOException {
    Outcome outcome = outcome(running.remove());
    listener.onOutcome(outcome);
    if (keep) {
      return;
    }
    finished.add(outcome.stores());
    if (finished.size() == DELETED_TOGETHER) {
      for (Path stores : finished) {
        Directories.delete(stores);
      }
      finished.clear();
    }
  }

  private List<Mismatch> run(Scenario scenario, Path stores) throws IOException {
    List<Mismatch> mismatches = new ArrayList<>();
    try (Cluster cluster = Cluster.open(scenario, stores, forced.size(), transport)) {
      forced.run(scenario, cluster, mismatches::add);
    }
    return mismatches;
  }

  private static Outcome outcome(Future<Outcome> future) throws IOException {
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
        threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
