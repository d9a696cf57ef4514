package dev.tidemark.tools.load;

import dev.tidemark.Tidemark;
import dev.tidemark.storage.RecoveryReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session of writing: every commit follows from the seed, and is written down once it is in. */
public final class Load {
  private static final long TELL_MILLIS = 100;

  private final Path directory;
  private final Path file;
  private final LoadOptions options;
  private final Watcher watcher;
  private final LoadNumbers numbers = new LoadNumbers();
  private final Pace pace;

  /**
   * A load of the store of a directory.
   *
   * @param file where acknowledgements are written down
   */
  public Load(Path directory, Path file, LoadOptions options, Watcher watcher) {
    this.directory = directory;
    this.file = file;
    this.options = options;
    this.watcher = watcher;
    this.pace = new Pace(options.commits(), options.seconds(), options.rate());
  }

  /** Is told how it goes. */
  public interface Watcher {
    /** What opening the store found. */
    void opened(RecoveryReport report);

    /** How many commits are acknowledged, and what share of the whole is done. */
    void at(long commits, double share);
  }

  /** What was done, and what ended it before its time, if anything did. */
  public record Outcome(LoadReport report, @Nullable Throwable failure) {}

  /** Runs it. */
  public Outcome run() throws IOException {
    AckLog log = AckLog.read(file);
    try (AckFile acks = AckFile.open(file, directory)) {
      Tidemark store = LoadStore.open(directory);
      long session = 0;
      try {
        watcher.opened(store.recovery());
        session = run(store, log, acks);
      } catch (RuntimeException | Error | IOException e) {
        pace.fail(e);
      }
      long position = position(store);
      close(store);
      return new Outcome(report(session, position), pace.failure());
    }
  }

  private long run(Tidemark store, AckLog log, AckFile acks) throws IOException {
    int writers = options.threads() + 1;
    SessionHeader session =
        LoadStore.next(store, log, SessionHeader.Kind.LOAD, options.seed(), writers);
    acks.append(session.line());
    Patience patience = new Patience(pace, numbers);
    if (patience.call(() -> LoadStore.register(store, session)) != null) {
      try (RemoteChunks chunks = RemoteChunks.beside(file)) {
        run(session, lanes(store, session, acks, chunks));
      }
    }
    return session.number();
  }

  /** The log's last position; 0 if the store has failed so that it does not tell. */
  private long position(Tidemark store) {
    try {
      return store.status().appendedPosition();
    } catch (RuntimeException | Error e) {
      pace.fail(e);
      return 0;
    }
  }

  /** A store that has failed may refuse to close, which adds nothing to its failure. */
  private void close(Tidemark store) {
    try {
      store.close();
    } catch (RuntimeException | Error e) {
      pace.fail(e);
    }
  }

  private List<Lane> lanes(
      Tidemark store, SessionHeader session, AckFile acks, RemoteChunks chunks) {
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < session.writers(); i++) {
      CommitWriter writer =
          i < options.threads()
              ? new LocalWriter(store)
              : new RemoteWriter(store, session.remote(), chunks);
      lanes.add(
          new Lane(
              store,
              session.lane(i),
              session.workload(i),
              writer,
              options.durability(),
              acks,
              pace,
              numbers));
    }
    return lanes;
  }

  private void run(SessionHeader session, List<Lane> lanes) {
    pace.begin();
    List<Thread> threads = new ArrayList<>();
    for (Lane lane : lanes) {
      Thread thread = new Thread(lane, "load-" + session.number() + "-" + threads.size());
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      await(thread);
    }
  }

  private void await(Thread thread) {
    while (thread.isAlive()) {
      try {
        thread.join(TELL_MILLIS);
      } catch (InterruptedException e) {
        // The writers end in their own time; whoever interrupts is told how it went.
        pace.fail(e);
      }
      watcher.at(numbers.commits.sum(), pace.share());
    }
  }

  private LoadReport report(long session, long position) {
    return new LoadReport(
        session,
        numbers.commits.sum(),
        numbers.updates.sum(),
        numbers.synced.sum(),
        numbers.remote.sum(),
        numbers.reads.sum(),
        numbers.scans.sum(),
        numbers.flushes.sum(),
        numbers.rolls.sum(),
        numbers.compactions.sum(),
        numbers.snapshots.sum(),
        numbers.truncations.sum(),
        numbers.collections.sum(),
        numbers.sweeps.sum(),
        numbers.refused.sum(),
        position,
        pace.seconds());
  }
}
