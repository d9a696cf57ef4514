package dev.tidemark.storage.core;

import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.conflict.Conflicts;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.JvmFlags;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogOptions;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.LogRecovery;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.recovery.Recovery;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.storage.state.Owner;
import dev.tidemark.storage.state.StateOptions;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Opens a store: lock, identity, state, log, then replay of what the state lacks. What was opened
 * is closed again, in reverse, when a later step refuses.
 */
public final class Opening implements AutoCloseable {
  private final StoreFiles files;
  private final Options options;
  private final DurableFiles disk;
  private final Workers workers;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final long startNanos = System.nanoTime();

  private Opening(Path directory, Options options, DurableFiles disk, Workers workers) {
    this.files = new StoreFiles(directory);
    this.options = options;
    this.disk = disk;
    this.workers = workers;
  }

  /** An open store with the lock it holds. */
  public record Opened(
      StoreFiles files,
      DurableFiles disk,
      Identity identity,
      StoreCore core,
      SnapshotKeeper snapshots,
      StoreLock lock,
      RecoveryReport report)
      implements AutoCloseable {
    /** Closes all of it; the directory is free then. */
    @Override
    public void close() {
      core.requireClosable();
      try (var held = lock) {
        snapshots.close();
        core.close();
      }
    }
  }

  /** Opens the store of a directory, creating it if there is none. */
  public static Opened open(Path directory, Schema schema, Options options) {
    return open(directory, schema, options, DurableFiles.standard());
  }

  /** The same on a disk of its own, which may be one that fails. */
  public static Opened open(Path directory, Schema schema, Options options, DurableFiles disk) {
    return open(directory, schema, options, disk, Workers.THREADS);
  }

  /** The same with workers of its own, which may be a test's. */
  public static Opened open(
      Path directory, Schema schema, Options options, DurableFiles disk, Workers workers) {
    JvmFlags.require();
    try (Opening opening = new Opening(directory, options, disk, workers)) {
      Opened store = opening.run(schema);
      opening.opened.clear();
      return store;
    }
  }

  private Opened run(Schema schema) {
    createDirectory();
    Recovery.requireStoreOrFresh(files);
    StoreLock lock = keep(StoreLock.acquire(files));
    Recovery recovery = Recovery.look(files);
    Identity identity = recovery.carryOut(options.replicaId(), disk);
    LogReader looked = recovery.log();
    Snapshots.removeUnfinished(files, disk);
    StateStore state =
        keep(
            StateStore.open(
                files.state(),
                (stored, progress) ->
                    PendingSchema.of(looked, stored, progress.applied(), schema.withSystem()),
                stateOptions(options.cacheBytes())));
    state.claim(new Owner(identity.storeId(), identity.replicaId()));
    LogOptions logOptions = LogOptions.DEFAULT.withSegmentBytes(options.segmentBytes());
    OpLog log = keep(OpLog.open(files, identity.storeId(), logOptions, disk, looked));
    identity = finish(identity);
    BlobStore blobs = keep(new BlobStore(files, disk, logOptions.reserveBytes()));
    Conflicts conflicts =
        keep(Conflicts.open(files, disk, identity.storeId(), log.appendedPosition()));
    InterestGate gate = InterestGate.open(state, log, options);
    StoreCore core =
        new StoreCore(workers, options, identity.replicaId(), gate, log, state, blobs, conflicts);
    RecoveryReport report = replay(core, state.progress().applied(), log, recovery);
    SnapshotKeeper snapshots = new SnapshotKeeper(workers, files, identity, disk, options, core);
    core.start();
    snapshots.start();
    return new Opened(files, disk, identity, core, snapshots, lock, report);
  }

  /** From here on a log and a state that are missing are lost. */
  private Identity finish(Identity identity) {
    if (identity.finished()) {
      return identity;
    }
    Identity finished = identity.finish();
    finished.write(files, disk);
    return finished;
  }

  private <T extends AutoCloseable> T keep(T resource) {
    opened.push(resource);
    return resource;
  }

  private void createDirectory() {
    try {
      if (!Files.exists(files.identity())) {
        disk.createDirectories(files.directory());
      }
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("store directory cannot be created")
              .with("directory", files.directory())
              .with("cause", e)
              .advise("check that the path is a directory and its parent is writable"),
          e);
    }
    if (!Files.isWritable(files.directory())) {
      throw new StoreUnusableException(
          Problem.of("store directory is read-only")
              .with("directory", files.directory())
              .advise("make it writable, or look at it with the inspection commands"));
    }
  }

  private static StateOptions stateOptions(long cacheBytes) {
    return new StateOptions(cacheBytes, cacheBytes / 2, StateOptions.DEFAULT.maxOpenFiles());
  }

  private RecoveryReport replay(StoreCore core, long applied, OpLog log, Recovery recovery) {
    CrashPoint.RECOVERY_REPLAY.before();
    Redo redo = core.redo(workers);
    try (LogCursor cursor = log.cursor(applied + 1);
        redo) {
      redo.all(cursor);
    }
    CrashPoint.RECOVERY_REPLAY.after();
    List<String> notes = new ArrayList<>(recovery.notes());
    LogRecovery repaired = log.recovery();
    if (repaired.tornBytesCut() > 0) {
      notes.add(
          "the log was cut behind position "
              + log.appendedPosition()
              + ": "
              + repaired.tornBytesCut()
              + " bytes of entries that were never promised");
    }
    if (repaired.segmentsSetAside() > 0) {
      notes.add("the log behind that, which was never promised either, is in quarantine");
    }
    noteClock(core.clock(), notes);
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    return new RecoveryReport(
        recovery.recoveryCase(),
        notes,
        redo.commits(),
        redo.operations(),
        repaired.tornBytesCut(),
        millis);
  }

  /** Stamps go on above what was seen; who looks at the times of updates should know why. */
  private void noteClock(long seen, List<String> notes) {
    long ahead = HybridTimestamp.wallMillis(seen) - options.clock().getAsLong();
    if (seen != 0 && ahead > 0) {
      notes.add("the clock is " + ahead + " ms behind the newest update that was seen");
    }
  }

  /** Closes what a refused open had opened. */
  @Override
  public void close() {
    Exception first = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw new IllegalStateException(first);
    }
  }
}
