package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.conflict.Conflicts;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.StateStore;
import dev.tidemark.type.Durability;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One open store. Every commit, local or remote, goes one way: it is prepared or checked, appended
 * to the log, and joined into the overlay, all under the write lock; the folder joins it into the
 * state later.
 */
public final class StoreCore implements AutoCloseable {
  private final Options options;
  private final long replicaId;
  private final InterestGate gate;
  private final OpLog log;
  private final StateStore state;
  private final BlobStore blobs;
  private final Schema schema;
  private final Conflicts conflicts;
  private final Overlay overlay = new Overlay();
  private final Views views;
  private final Committer committer;
  private final Cluster cluster;
  private final Background background;
  private final FailStop failStop;
  private final Backpressure backpressure;
  private final LargeData largeData;
  private final Inflow inflow;
  private final Upkeep upkeep;
  private final ReentrantLock writeLock = new ReentrantLock();
  private final Object closing = new Object();
  private final Observers observers;
  private final LogHolds holds = new LogHolds();
  private volatile boolean closed;

  /** A store over an open log and state, that shows nothing of the log until it is replayed. */
  StoreCore(
      Workers workers,
      Options options,
      long replicaId,
      InterestGate gate,
      OpLog log,
      StateStore state,
      BlobStore blobs,
      Conflicts conflicts) {
    this.options = options;
    this.replicaId = replicaId;
    this.gate = gate;
    this.log = log;
    this.state = state;
    this.blobs = blobs;
    this.conflicts = conflicts;
    this.schema = state.schema();
    Reads reads = new Reads(state, overlay);
    this.observers = new Observers(reads, log.appendedPosition());
    this.background =
        new Background(
            workers,
            log,
            overlay,
            state,
            replicaId,
            options,
            conflicts,
            this::freeze,
            observers::wake);
    this.failStop = new FailStop(background);
    this.committer =
        new Committer(
            options,
            replicaId,
            schema,
            gate,
            log,
            state,
            blobs,
            overlay,
            reads,
            observers,
            background,
            conflicts);
    this.views = new Views(this, gate, log, state, overlay, reads, background, failStop);
    this.cluster = new Cluster(this, committer);
    this.backpressure =
        new Backpressure(
            overlay, options.overlayBytes(), log::crowding, background, this::requireFolding);
    this.largeData = new LargeData(this, blobs, options.loadLimit());
    RunIntake runs = new RunIntake(this, log, state, committer, reads, background);
    Widening.Parts widening = new Widening.Parts(log, state, committer, runs);
    this.inflow = new Inflow(this, writeLock, failStop, backpressure, largeData, widening);
    this.upkeep =
        new Upkeep(
            this,
            workers,
            options,
            log,
            state,
            committer,
            runs,
            background,
            failStop,
            backpressure);
    holds.members(cluster::lowestNeeded);
  }

  /** What readers are shown of it. */
  public Views views() {
    return views;
  }

  /** What it takes of other stores. */
  public Inflow inflow() {
    return inflow;
  }

  /** What it tells its cluster, and hears from it. */
  public Cluster cluster() {
    return cluster;
  }

  /** What keeps it small and sound. */
  public Upkeep upkeep() {
    return upkeep;
  }

  /** Which keys it holds: of those it has all that its vector says. */
  public Interest interest() {
    return gate.interest();
  }

  /** The same, for what goes on while it changes. */
  public Holding holding() {
    return gate.holding();
  }

  InterestGate gate() {
    return gate;
  }

  void start() {
    cluster.follow();
    background.start();
    upkeep.start();
  }

  /** Something is logged, of this store or of others. */
  void signal() {
    background.signal();
    upkeep.signal();
  }

  /** One update as a commit of its own; gives its position. */
  public long update(@Nullable Durability durability, Bytes key, Update update) {
    Strategy strategy = namespace(key).strategy();
    try (Offload offload = new Offload(blobs, options.inlineLimit())) {
      if (!offload.isNeeded(strategy, update)) {
        return commit(durability, transaction -> transaction.update(key, update));
      }
      requireWritable();
      cluster.requireWritable(key);
      // Before the lock is taken: others commit meanwhile.
      Update written = offload.of(strategy, update);
      return commit(durability, transaction -> transaction.updateWritten(key, written));
    }
  }

  /** Gathers a commit and logs it; gives its position, or the newest one if it has no updates. */
  public long commit(@Nullable Durability durability, Consumer<Transaction> body) {
    refuseInCommit("commit", "use the batch that the outer one was given");
    return failStop.run(() -> commitOwn(durability, () -> committer.gather(body)));
  }

  /** Logs a commit; waits for room before, and for a sync after it. */
  long commitOwn(@Nullable Durability durability, LongSupplier logged) {
    backpressure.await();
    long position;
    writeLock.lock();
    try {
      requireWritable();
      CrashPoint.COMMIT.before();
      position = logged.getAsLong();
      CrashPoint.COMMIT.after();
    } finally {
      writeLock.unlock();
    }
    signal();
    if ((durability == null ? options.durability() : durability) == Durability.SYNCED) {
      // Also if the store is being closed meanwhile, which syncs it: the commit is in.
      syncUpTo(position);
    }
    return position;
  }

  /** What takes the log into memory when the store is opened. */
  Redo redo(Workers workers) {
    FoldBeside fold = new FoldBeside(workers, background::foldOldest);
    return new Redo(overlay, options.overlayBytes(), committer, gate, upkeep.leftovers(), fold);
  }

  /** Ends the active generation, so that it can be folded. */
  void freeze() {
    writeLock.lock();
    try {
      overlay.freeze();
    } finally {
      writeLock.unlock();
    }
  }

  /** Waits until all that is logged by now is in the state. */
  void foldPending() {
    long position = log.appendedPosition();
    freeze();
    background.awaitFolded(() -> state.progress().applied() >= position, this::requireFolding);
  }

  /** A state of one position that another store may take, and nobody's log has to hold. */
  public StateExport export() {
    requireOpen();
    return background.betweenFolds(() -> new StateExport(state));
  }

  /** A state of all that is logged by now. */
  public StateExport exportAll() {
    requireWritable();
    refuseInCommit("export", "export before or after");
    foldPending();
    return export();
  }

  /** Waits until all that is logged survives power loss. */
  public void sync() {
    requireOpen();
    awaitSynced(log.appendedPosition());
  }

  /** Waits until a position survives power loss. */
  public void awaitSynced(long position) {
    requireOpen();
    syncUpTo(position);
  }

  private void syncUpTo(long position) {
    failStop.run(() -> log.awaitSynced(position));
    observers.wake();
  }

  /** The namespace of a key. */
  public Namespace namespace(Bytes key) {
    return schema.of(Arguments.key(key));
  }

  /** Who still needs which part of the log. */
  public LogHolds holds() {
    return holds;
  }

  /** The log, for readers of it. */
  public OpLog log() {
    return log;
  }

  /** The chunks of large values. */
  BlobStore blobs() {
    return blobs;
  }

  /** Its large values. */
  public LargeData largeData() {
    return largeData;
  }

  /** The state, for its numbers. */
  public StateStore state() {
    return state;
  }

  /** Who watches for changes. */
  public Observers observers() {
    return observers;
  }

  /** Values that concurrent updates took from each other. */
  public Conflicts conflicts() {
    return conflicts;
  }

  /** Prefixes and strategies. */
  public Schema schema() {
    return schema;
  }

  /** Whose operations it makes. */
  public long replicaId() {
    return replicaId;
  }

  /** The estimated memory of what is not folded yet. */
  public long overlayBytes() {
    return overlay.bytes();
  }

  /** What it has seen of each replica. */
  public VersionVector vector() {
    requireOpen();
    return locked(committer::vector);
  }

  /** What it has seen of each replica, with the hash of its history. */
  public List<OriginCoverage> histories() {
    requireOpen();
    return locked(committer::histories);
  }

  /** The greatest stamp given or observed. */
  public long clock() {
    return locked(committer::clock);
  }

  /** Runs with no commit happening meanwhile. */
  public <T> T locked(Supplier<T> body) {
    writeLock.lock();
    try {
      return body.get();
    } finally {
      writeLock.unlock();
    }
  }

  /** Whether it is closed, or is being closed. */
  boolean isClosed() {
    return closed;
  }

  /** Refuses after close. */
  public void requireOpen() {
    if (closed) {
      throw closed();
    }
  }

  /** What whoever comes after the close is told. */
  static IllegalStateException closed() {
    return Problem.of("store is closed").advise("open it again").illegalState();
  }

  /** Whether this thread is in a commit of its own. */
  boolean isInCommit() {
    return writeLock.isHeldByCurrentThread();
  }

  /** Refuses what would wait for this thread's own commit, or change what it has read. */
  void refuseInCommit(String what, String advice) {
    if (isInCommit()) {
      throw Problem.of(what + " inside a commit").advise(advice).illegalState();
    }
  }

  void requireWritable() {
    requireOpen();
    failStop.requireWhole();
  }

  /** Refuses to wait for the folder where it waits for the disk itself. */
  void requireFolding() {
    requireOpen();
    failStop.requireFolding();
  }

  /** Refuses to close where that would wait for the thread that asks for it. */
  public void requireClosable() {
    refuseInCommit("close", "close it after");
    state.requireClosable();
  }

  /**
   * Folds what is left, seals the log, and lets go of everything. Again it does nothing, but wait
   * until that is done.
   */
  @Override
  public void close() {
    requireClosable();
    synchronized (closing) {
      writeLock.lock();
      try {
        if (closed) {
          return;
        }
        closed = true;
        if (background.failure() == null) {
          overlay.freeze();
        }
      } finally {
        writeLock.unlock();
      }
      shutDown();
    }
  }

  private void shutDown() {
    CrashPoint.CLOSE.before();
    observers.close();
    largeData.close();
    // It may be waiting for room, which will not come any more.
    background.tellWaiting();
    try {
      upkeep.stop();
      background.finish();
    } finally {
      Closing.all(List.of(conflicts, log, state, overlay));
    }
    CrashPoint.CLOSE.after();
  }
}
