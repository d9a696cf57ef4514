package dev.tidemark.storage.log;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Merges what a search of a log found, position by position. A position may have been found more
 * than once: the same bytes count once, different ones are all given, for the caller to decide. For
 * one thread; holds one open file for each run that overlaps.
 */
public final class SalvageCursor implements AutoCloseable {
  private final List<SalvageRun> waiting;
  private final List<RunReader> open = new ArrayList<>();
  private List<Found> found = List.of();
  private long position;

  SalvageCursor(List<SalvageRun> inOrder) {
    this.waiting = new ArrayList<>(inOrder);
  }

  /**
   * A commit that is whole.
   *
   * @param file the data file it is in
   * @param start where its entry begins
   * @param end where its entry ends
   * @param bytes the encoded commit
   */
  public record Found(Path file, long start, long end, byte[] bytes) {
    /** The commit. */
    public Commit commit() {
      return CommitCodec.decode(bytes, 0, bytes.length);
    }
  }

  /** Moves to the next position at which anything was found; false behind the last. */
  public boolean next() {
    try {
      long next = nextPosition();
      found = next == Long.MAX_VALUE ? List.of() : gather(next);
      return !found.isEmpty();
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("log cannot be read").with("cause", e).advise("check the disk"), e);
    }
  }

  private long nextPosition() throws IOException {
    long least = Long.MAX_VALUE;
    for (RunReader reader : open) {
      least = Math.min(least, reader.due);
    }
    while (!waiting.isEmpty() && waiting.get(0).firstPosition() <= least) {
      RunReader reader = new RunReader(waiting.remove(0));
      open.add(reader);
      least = Math.min(least, reader.due);
    }
    return least;
  }

  private List<Found> gather(long wanted) throws IOException {
    List<Found> all = new ArrayList<>();
    for (RunReader reader : List.copyOf(open)) {
      if (reader.due == wanted) {
        Found next = reader.take();
        if (all.stream().noneMatch(same -> Arrays.equals(same.bytes(), next.bytes()))) {
          all.add(next);
        }
        if (reader.isDone()) {
          open.remove(reader);
          reader.finder.close();
        }
      }
    }
    position = wanted;
    return all;
  }

  /** The position. */
  public long position() {
    return position;
  }

  /** The different commits that were found there, of which at most one is right. */
  public List<Found> found() {
    return found;
  }

  @Override
  public void close() {
    for (RunReader reader : open) {
      try {
        reader.finder.close();
      } catch (IOException e) {
        // It was only read from.
      }
    }
    open.clear();
  }

  private static final class RunReader {
    private final SalvageRun run;
    private final EntryFinder finder;
    private long due;

    RunReader(SalvageRun run) throws IOException {
      this.run = run;
      this.finder = new EntryFinder(run.file(), run.start());
      this.due = run.firstPosition();
    }

    Found take() {
      if (!finder.next() || finder.position() != due) {
        throw new StoreUnusableException(
            Problem.of("log changes while it is read")
                .with("file", run.file())
                .with("position", due)
                .advise("close the store that has it open"));
      }
      due++;
      int from = finder.bodyAt();
      byte[] bytes = Arrays.copyOfRange(finder.array(), from, from + finder.bodyLength());
      return new Found(run.file(), finder.start(), finder.end(), bytes);
    }

    boolean isDone() {
      return due > run.lastPosition();
    }
  }
}
