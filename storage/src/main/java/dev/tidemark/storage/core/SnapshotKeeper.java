package dev.tidemark.storage.core;

import dev.tidemark.storage.Retention;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotWriter;
import dev.tidemark.storage.snapshot.Snapshots;

/** Takes the snapshots of an open store, one at a time, and keeps so many of them. */
public final class SnapshotKeeper implements AutoCloseable {
  private final StoreFiles files;
  private final DurableFiles disk;
  private final Retention retention;
  private final StoreCore core;
  private final SnapshotWriter writer;
  private final Object turn = new Object();
  private volatile boolean closed;

  SnapshotKeeper(
      StoreFiles files, Identity identity, DurableFiles disk, Retention retention, StoreCore core) {
    this.files = files;
    this.disk = disk;
    this.retention = retention;
    this.core = core;
    this.writer = new SnapshotWriter(files, identity, disk, this::requireOpen);
  }

  /**
   * Takes a snapshot of all that is logged by now, and removes those that are too many.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; nothing is left of it
   */
  public Snapshot take() {
    // Before waiting for a turn, which whoever has it may give back only after this commit.
    core.refuseInCommit("snapshot", "take it before or after");
    synchronized (turn) {
      requireOpen();
      Snapshot taken = writer.take(core::copyState);
      Snapshots.keep(files, retention.keepSnapshots(), disk);
      return taken;
    }
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
    synchronized (turn) {
      // Whoever had it has left.
    }
  }
}
