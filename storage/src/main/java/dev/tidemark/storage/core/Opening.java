package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.JvmFlags;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogOptions;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateOptions;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Opens a store: lock, identity, state, log, then replay of what the state lacks. What was opened
 * is closed again, in reverse, when a later step refuses.
 */
public final class Opening implements AutoCloseable {
  private static final int STORE_ID_BYTES = 16;

  private final StoreFiles files;
  private final Options options;
  private final DurableFiles disk;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final long startNanos = System.nanoTime();

  private Opening(Path directory, Options options, DurableFiles disk) {
    this.files = new StoreFiles(directory);
    this.options = options;
    this.disk = disk;
  }

  /** An open store with the lock it holds. */
  public record Opened(
      StoreFiles files, Identity identity, StoreCore core, StoreLock lock, RecoveryReport report) {}

  /** Opens the store of a directory, creating it if there is none. */
  public static Opened open(Path directory, Schema schema, Options options) {
    return open(directory, schema, options, DurableFiles.standard());
  }

  /** The same on a disk of its own, which may be one that fails. */
  public static Opened open(Path directory, Schema schema, Options options, DurableFiles disk) {
    JvmFlags.require();
    try (Opening opening = new Opening(directory, options, disk)) {
      Opened store = opening.run(schema);
      opening.opened.clear();
      return store;
    }
  }

  private Opened run(Schema schema) {
    createDirectory();
    StoreLock lock = keep(StoreLock.acquire(files));
    Identity identity = identity();
    StateStore state =
        keep(
            StateStore.open(
                files.state(),
                (stored, progress) -> PendingSchema.of(files, stored, progress.applied(), schema),
                stateOptions(options.cacheBytes())));
    state.claim(identity.storeId());
    LogOptions logOptions = LogOptions.DEFAULT.withSegmentBytes(options.segmentBytes());
    OpLog log = keep(OpLog.open(files, identity.storeId(), logOptions, disk));
    requireReach(state.progress(), log);
    StoreCore core = new StoreCore(options, identity.replicaId(), log, state);
    RecoveryReport report = replay(core, state.progress().applied(), log);
    core.start();
    return new Opened(files, identity, core, lock, report);
  }

  private <T extends AutoCloseable> T keep(T resource) {
    opened.push(resource);
    return resource;
  }

  private void createDirectory() {
    try {
      Files.createDirectories(files.directory());
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
    if (!Files.exists(files.identity()) && !isFresh()) {
      throw new StoreUnusableException(
          Problem.of("directory is not a store")
              .with("directory", files.directory())
              .with("missing", files.identity().getFileName())
              .advise("give an empty or a new directory"));
    }
  }

  /**
   * Nothing is there but what a first open leaves behind that was killed before it took an
   * identity.
   */
  private boolean isFresh() {
    try (Stream<Path> entries = Files.list(files.directory())) {
      return entries.allMatch(this::isFromFirstOpen);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("store directory cannot be listed")
              .with("directory", files.directory())
              .with("cause", e),
          e);
    }
  }

  private boolean isFromFirstOpen(Path entry) {
    String name = entry.getFileName().toString();
    return entry.equals(files.lock())
        || name.startsWith(files.identity().getFileName().toString() + ".")
        || name.equals("lost+found");
  }

  private Identity identity() {
    Identity identity = Identity.read(files).orElse(null);
    if (identity == null) {
      identity = newIdentity();
      identity.write(files, disk);
    } else if (options.replicaId() != 0 && options.replicaId() != identity.replicaId()) {
      throw Problem.of("store has another replica id")
          .with("replica", ReplicaId.format(identity.replicaId()))
          .with("asked", ReplicaId.format(options.replicaId()))
          .advise("leave the option out: the id is chosen when the directory is created")
          .illegalArgument();
    }
    return identity;
  }

  private Identity newIdentity() {
    SecureRandom random = new SecureRandom();
    byte[] storeId = new byte[STORE_ID_BYTES];
    random.nextBytes(storeId);
    long replicaId = options.replicaId();
    while (replicaId == 0) {
      replicaId = random.nextLong();
    }
    return new Identity(storeId, replicaId, System.currentTimeMillis());
  }

  private static StateOptions stateOptions(long cacheBytes) {
    return new StateOptions(cacheBytes, cacheBytes / 2, StateOptions.DEFAULT.maxOpenFiles());
  }

  /** The log must hold what the state lacks, and all that the state has. */
  private void requireReach(Progress progress, OpLog log) {
    if (progress.applied() > log.appendedPosition()) {
      throw new DamagedException(
          Problem.of("state is ahead of the log")
              .with("directory", files.directory())
              .with("applied", progress.applied())
              .with("logEnds", log.appendedPosition())
              .advise(
                  "the end of the log is missing: restore it, or the whole store, from a copy"));
    }
    if (progress.applied() + 1 < log.firstPosition()) {
      throw new DamagedException(
          Problem.of("log begins after the state ends")
              .with("directory", files.directory())
              .with("applied", progress.applied())
              .with("logBegins", log.firstPosition())
              .advise("restore the state from a snapshot"));
    }
  }

  private RecoveryReport replay(StoreCore core, long applied, OpLog log) {
    long commits = 0;
    long operations = 0;
    try (LogCursor cursor = log.cursor(applied + 1)) {
      while (cursor.next()) {
        Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
        core.replay(commit, cursor.position());
        commits++;
        operations += commit.operations().size();
      }
    }
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    String found = log.recovery().outcome().name().toLowerCase(Locale.ROOT);
    return new RecoveryReport(
        found.replace('_', ' '), commits, operations, log.recovery().tornBytesCut(), millis);
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
