package dev.tidemark.storage.core;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Truncation;
import dev.tidemark.storage.blob.SweepReport;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.reference.LogReferences;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotBlobs;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.SnapshotWriter;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.storage.state.LargeReferences;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the snapshots of an open store and cuts off the log below them, one at a time, when it is
 * asked to and by itself. Nothing of the log goes before a snapshot of which every record was read
 * and held to its key's digest, and that is on the disk with its name, stands for it.
 */
public final class SnapshotKeeper implements AutoCloseable {
  private final StoreFiles files;
  private final DurableFiles disk;
  private final Options options;
  private final StoreCore core;
  private final SnapshotWriter writer;
  private final Trimming trimming;
  private final Worker worker;
  private final Sweeping sweeping;
  private final Worker sweeper;
  private final Object turn = new Object();
  private volatile boolean closed;

  SnapshotKeeper(
      Workers workers,
      StoreFiles files,
      Identity identity,
      DurableFiles disk,
      Options options,
      StoreCore core) {
    this.files = files;
    this.disk = disk;
    this.options = options;
    this.core = core;
    this.writer = new SnapshotWriter(files, identity, disk, this::requireOpen);
    this.trimming = new Trimming(this, core, options, identity.createdMillis());
    this.worker = workers.create("tidemark-trim", trimming, trimming::fail);
    this.sweeping = new Sweeping(this, core.log(), files.blobs());
    this.sweeper = workers.create("tidemark-sweep", sweeping, sweeping::fail);
  }

  void start() {
    worker.start();
    if (options.retention().isAutomatic()) {
      sweeper.start();
    }
  }

  /**
   * Takes a snapshot of all that is logged by now, and removes those that are too many.
   *
   * @throws DamagedException if the state is damaged; nothing is removed
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; nothing is left of it
   */
  public Snapshot take() {
    // Before waiting for a turn, which whoever has it may give back only after this commit.
    core.refuseInCommit("snapshot", "take it before or after");
    synchronized (turn) {
      requireOpen();
      Snapshot taken = writer.take(core.upkeep()::copyState);
      Snapshots.keep(files, options.retention().keepSnapshots(), disk);
      return taken;
    }
  }

  /**
   * Cuts off the log below the newest snapshot of all that is logged by now: one that is there is
   * checked, and where there is no good one it is taken.
   *
   * @throws DamagedException if the state is damaged; the log is as it was
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; the log is as it was
   */
  public Truncation truncate() {
    core.refuseInCommit("truncate", "truncate before or after");
    synchronized (turn) {
      requireOpen();
      // What is sealed can go.
      core.upkeep().roll();
      Snapshot base = newestGood();
      if (base == null || base.position() < core.log().appendedPosition()) {
        base = take();
      }
      return cut(base);
    }
  }

  /**
   * Removes the chunks of large values that nothing refers to.
   *
   * @param patience how long to wait, twice, for those who hold large values
   * @param pace is run between portions of the work; may throw to end it
   */
  public SweepReport sweep(Duration patience, Runnable pace) {
    core.refuseInCommit("sweep", "sweep before or after");
    Runnable each =
        () -> {
          requireOpen();
          pace.run();
        };
    return core.blobs().sweep(visitor -> visitReferences(visitor, each), patience, each);
  }

  /**
   * Meanwhile no snapshot is made and nothing is cut off. The log is read last: what the state or a
   * snapshot does not show because it was logged later is there. In the middle of a run the state
   * has let go of what readers find at the moment before it, and of that the log may have nothing.
   */
  private void visitReferences(Consumer<LargeValue> visitor, Runnable pace) {
    synchronized (turn) {
      for (Path snapshot : Snapshots.list(files)) {
        SnapshotBlobs.references(Snapshot.read(snapshot), pace, visitor);
      }
      core.views()
          .atMoment(
              pin -> {
                LargeReferences.of(core.state(), pin, pace, visitor);
                return Boolean.TRUE;
              });
      try (LogCursor cursor = core.log().cursor(core.log().firstPosition())) {
        LogReferences.of(cursor, pace, visitor);
      }
    }
  }

  /**
   * Does something with all snapshots, the newest first, while none goes and nothing is cut off.
   */
  <T> T held(Function<List<Path>, T> work) {
    synchronized (turn) {
      requireOpen();
      return work.apply(Snapshots.list(files));
    }
  }

  private @Nullable Snapshot newestGood() {
    List<Path> all = Snapshots.list(files);
    if (all.isEmpty() || Snapshots.position(all.get(0)) < core.log().appendedPosition()) {
      return null;
    }
    try {
      return SnapshotCheck.requireGood(all.get(0), this::requireOpen);
    } catch (DamagedException useless) {
      return null;
    }
  }

  private Truncation cut(Snapshot base) {
    long limit = Math.min(core.state().flushedPosition(), base.position()) + 1;
    long held = core.holds().lowest();
    long from = Math.min(limit, Math.max(held, firstWithinBudget(limit)));
    try {
      // Its name too: it may have been taken by an opening that failed to force it.
      disk.forceDirectory(files.snapshots());
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("snapshots cannot be forced to the disk")
              .with("directory", files.snapshots())
              .with("cause", e)
              .advise("check the disk; the log was not cut"),
          e);
    }
    long first = core.log().truncateBelow(from);
    return new Truncation(base.position(), first, from < limit ? held : 0);
  }

  /** The position from which on the log below a limit is no larger than readers may keep. */
  private long firstWithinBudget(long limit) {
    long left = options.retention().retainBytes();
    List<SegmentInfo> segments = core.log().segments();
    for (int i = segments.size() - 1; i >= 0; i--) {
      SegmentInfo segment = segments.get(i);
      if (segment.lastPosition() < limit) {
        left -= segment.bytes();
        if (left < 0) {
          return segment.lastPosition() + 1;
        }
      }
    }
    return core.log().firstPosition();
  }

  /** The newest snapshot by its name; null if there is none. */
  @Nullable Path newest() {
    List<Path> all = Snapshots.list(files);
    return all.isEmpty() ? null : all.get(0);
  }

  /** Why the log could not be cut, or chunks be swept, when that was due; or null. */
  public @Nullable Throwable problem() {
    Throwable cutting = trimming.problem();
    return cutting == null ? sweeping.problem() : cutting;
  }

  boolean isClosed() {
    return closed;
  }

  private void requireOpen() {
    if (closed) {
      throw StoreCore.closed();
    }
  }

  /** Ends what is being done, and waits for that. */
  @Override
  public void close() {
    closed = true;
    worker.stop();
    sweeper.stop();
    synchronized (turn) {
      // Whoever had it has left.
    }
  }
}
