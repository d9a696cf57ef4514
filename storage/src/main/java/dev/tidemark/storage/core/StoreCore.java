package dev.tidemark.storage.core;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.compaction.CompactionReport;
import dev.tidemark.storage.compaction.Pace;
import dev.tidemark.storage.conflict.Conflicts;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.handover.KeysOffer;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogPlace;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One open store. Every commit, local or remote, goes one way: it is prepared or checked, appended
 * to the log, and joined into the overlay, all under the write lock; the folder joins it into the
 * state later.
 */
public final class StoreCore implements AutoCloseable {
  private static final int MAX_FROZEN = 64;
  private static final int MOST_PULSES = 3;

  private final Options options;
  private final long replicaId;
  private final InterestGate gate;
  private final OpLog log;
  private final StateStore state;
  private final BlobStore blobs;
  private final Loader loader;
  private final Arrivals arrivals = new Arrivals();
  private final Schema schema;
  private final Conflicts conflicts;
  private final Overlay overlay = new Overlay();
  private final Reads reads;
  private final Committer committer;
  private final Cluster cluster;
  private final Background background;
  private final FailStop failStop;
  private final Backpressure backpressure;
  private final RunIntake runs;
  private final Leftovers leftovers;
  private final Steward steward;
  private final Worker stewarding;
  private final ReentrantLock writeLock = new ReentrantLock();
  private final Object closing = new Object();
  private final Object collecting = new Object();
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
    this.loader = new Loader(blobs, options.loadLimit());
    this.schema = state.schema();
    this.reads = new Reads(state, overlay);
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
            this::lowestUnspread,
            this::areWritersSlowedDown,
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
    this.cluster = new Cluster(this, committer);
    this.backpressure =
        new Backpressure(
            overlay, options.overlayBytes(), log::crowding, background, this::requireFolding);
    this.runs = new RunIntake(this, log, state, committer, reads, background);
    this.leftovers = new Leftovers(this, log, state, committer, runs, background);
    this.steward = new Steward(this, options);
    this.stewarding = workers.create("tidemark-collect", steward, steward::fail);
    holds.members(() -> locked(this::lowestNeeded));
  }

  private boolean areWritersSlowedDown() {
    return backpressure.isFelt();
  }

  private long lowestNeeded() {
    return Math.min(committer.membership().lowestNeeded(log.segments()), lowestUnspread());
  }

  /** From which position on the log must hold commits, and no runs of them. */
  private long lowestUnspread() {
    // Who gives keys away holds less soon, and a run from before would be of no use to others then.
    return gate.interest().isAll() && !gate.isShared()
        ? LogHolds.NONE
        : locked(() -> committer.lowestUnspread(log.segments()));
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
    if (steward.isActive()) {
      stewarding.start();
    }
  }

  private void signal() {
    background.signal();
    if (committer.ring().isNews()) {
      stewarding.wake();
    } else {
      stewarding.signal();
    }
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

  /**
   * Takes a commit that another store logged, if it is new here.
   *
   * @param sender the replica that sends it
   * @param chunks where to fetch the large values that it refers to; null for nowhere
   * @return its position here, or 0 if it was here already
   */
  public long accept(byte[] bytes, long sender, @Nullable BlobSource chunks) {
    requireOpen();
    refuseInCommit("accept", "accept it before or after");
    return failStop.run(() -> acceptForeign(bytes, sender, chunks));
  }

  private long acceptForeign(byte[] bytes, long sender, @Nullable BlobSource chunks) {
    requireWritable();
    if (!isNew(CommitCodec.decodeHeader(new ByteReader(bytes)))) {
      return 0;
    }
    Commit whole = CommitCodec.decode(bytes, 0, bytes.length);
    byte[] taken = gate.let(bytes);
    Commit commit = taken == bytes ? whole : CommitCodec.decode(taken, 0, taken.length);
    backpressure.await();
    long position;
    try (Arrival arrival = new Arrival(blobs, arrivals, chunks)) {
      arrival.take(commit);
      writeLock.lock();
      try {
        requireWritable();
        position = committer.accept(commit, taken, sender);
      } finally {
        writeLock.unlock();
      }
    }
    signal();
    return position;
  }

  /**
   * Takes a run of another store, if anything in it is new here.
   *
   * @param sender the replica that sends it
   * @param chunks where to fetch the large values that it refers to; null for nowhere
   * @return its position here, or 0 if all of it was here already
   */
  public long accept(Run run, long sender, @Nullable BlobSource chunks) {
    requireOpen();
    refuseInCommit("accept", "accept it before or after");
    return failStop.run(() -> runs.take(run, sender, new Arrival(blobs, arrivals, chunks)));
  }

  /**
   * The same, of a run that comes in pieces.
   *
   * @return null if nothing in it is new here
   */
  public @Nullable RunReception receive(
      List<OriginCoverage> coverage,
      Floor floor,
      Interest interest,
      long sender,
      @Nullable BlobSource chunks) {
    requireOpen();
    refuseInCommit("accept", "accept it before or after");
    Arrival arrival = new Arrival(blobs, arrivals, chunks);
    return failStop
        .run(() -> Optional.ofNullable(runs.begin(coverage, floor, interest, sender, arrival)))
        .orElse(null);
  }

  /** Begins to take keys that it is to hold; null if the other has not seen the same. */
  public @Nullable Widening widen(KeysOffer offer, long sender, @Nullable BlobSource chunks) {
    requireOpen();
    refuseInCommit("widen", "widen it before or after");
    Arrival arrival = new Arrival(blobs, arrivals, chunks);
    Widening.Parts parts = new Widening.Parts(log, state, committer, runs);
    return failStop
        .run(() -> Optional.ofNullable(Widening.begin(this, parts, offer, sender, arrival)))
        .orElse(null);
  }

  /** A state of all that is logged by now. */
  public StateExport exportAll() {
    requireWritable();
    refuseInCommit("export", "export before or after");
    foldPending();
    return export();
  }

  /** Does something for what {@link #receive} has begun. */
  <T> T receiving(Supplier<T> work) {
    return failStop.run(work);
  }

  /** A run is in: members may be further than they were. */
  void received() {
    signal();
  }

  /** What it tells its cluster, and hears from it. */
  public Cluster cluster() {
    return cluster;
  }

  /** Makes anew, as its own updates, what only a store has that must not go on under its id. */
  public ReissueReport reissue(StoreCore gone) {
    return new Reissuing(this, gone).run();
  }

  /** Why the other members could not be told what this one has seen, or null. */
  public @Nullable Throwable stewardProblem() {
    return steward.problem();
  }

  /**
   * Raises the floor as far as the members let it, and forgets all below it.
   *
   * @param pace sees the bytes that are looked at
   */
  public CollectionReport collect(Pace pace) {
    requireWritable();
    refuseInCommit("collect", "collect before or after");
    // What it says of itself counts once it has said it: then it may have more to say.
    for (int more = MOST_PULSES; more > 0 && cluster.pulse(); more--) {
      // Each round is one heartbeat.
    }
    foldPending();
    try {
      return forget(pace);
    } catch (CancellationException closing) {
      requireOpen();
      throw closing;
    }
  }

  /** Forgets what is below the floor, if it has risen. */
  CollectionReport forget(Pace pace) {
    requireFolding();
    return failStop.run(
        () -> {
          synchronized (collecting) {
            return background.collector().run(pace);
          }
        });
  }

  /** Whether there is something left of keys that a ring has given to others, to be removed. */
  public boolean isFreeingDue() {
    return locked(leftovers::isDue);
  }

  /**
   * Removes some of what is left of keys that a ring has given to others; whether there may be
   * more.
   *
   * @param pace sees the bytes that are looked at
   */
  public boolean free(Pace pace) {
    requireFolding();
    return failStop.run(
        () -> {
          synchronized (collecting) {
            return leftovers.step(pace);
          }
        });
  }

  /** Whether the floor has risen since all below it was forgotten. */
  boolean isForgettingDue() {
    return background.collector().isDue();
  }

  /** Whether it is closed, or is being closed. */
  boolean isClosed() {
    return closed;
  }

  /** Takes a run into the state that an earlier run of this store has logged. */
  void replayRun(LogCursor run, FoldBeside fold) {
    fold.await(() -> overlay.oldestFrozen() == null);
    committer.foldAll();
    RunRecords records = run.records();
    if (run.effect() == RunEffect.REPLACES) {
      records = leftovers.replayed(records, run.position());
    }
    committer.enterRun(run.coverage(), records, run.position());
    leftovers.replayed();
  }

  /** A state of one position that another store may take, and nobody's log has to hold. */
  public StateExport export() {
    requireOpen();
    return background.betweenFolds(() -> new StateExport(state));
  }

  /** Whether a commit of another store is not here yet. */
  public boolean isNew(CommitHeader header) {
    requireOpen();
    return locked(() -> committer.isNew(header));
  }

  /** Has the processor fetch what the next commits meet in memory. */
  void expect(List<Commit> commits) {
    overlay.bringIn(commits);
  }

  /** What folds while commits are replayed. */
  FoldBeside foldBeside(Workers workers) {
    return new FoldBeside(workers, background::foldOldest);
  }

  /**
   * Takes a commit into memory that an earlier run has logged; has what fills it folded, and waits
   * for that where it would be too much.
   */
  void replay(Commit commit, long position, LogPlace place, FoldBeside fold) {
    CrashPoint.RECOVERY_REPLAY_COMMIT.before();
    committer.enter(commit, position, place);
    CrashPoint.RECOVERY_REPLAY_COMMIT.after();
    if (overlay.bytes() > options.overlayBytes() / 2 && overlay.oldestFrozen() != null) {
      fold.begin();
    }
    fold.await(() -> overlay.bytes() <= options.overlayBytes() || overlay.oldestFrozen() == null);
  }

  /** Puts right what the state holds of a key, so that no commit builds on what was there. */
  void correct(Consumer<FoldBatch> change) {
    locked(
        () -> {
          background.correct(change);
          committer.forgetHot();
          return Boolean.TRUE;
        });
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
    background.awaitFolded(() -> appliedPosition() >= position, this::requireFolding);
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

  /** Folds all that is logged into the state and writes the state to disk. */
  public void flush() {
    requireWritable();
    refuseInCommit("flush", "flush before or after");
    foldPending();
    background.flushState();
  }

  /** Folds all that is logged, and copies the state as it is then. */
  void copyState(Path target) {
    flush();
    background.copyState(target);
  }

  /**
   * Folds the log up to now into one segment.
   *
   * @param progress is told of what is read, by the number of bytes
   */
  public CompactionReport compact(Pace progress) {
    roll();
    flush();
    try {
      return failStop.run(() -> background.compact(progress));
    } catch (CancellationException closing) {
      requireOpen();
      throw closing;
    }
  }

  /** Seals the log segment being written; commits go on meanwhile. */
  public void roll() {
    requireWritable();
    failStop.run(log::roll);
    // Sealing syncs.
    observers.wake();
  }

  /** The newest position that is folded into the state. */
  public long appliedPosition() {
    return state.progress().applied();
  }

  /** Reads a key, its cells limited to a range, as it was at one moment. */
  public <T> T read(Bytes key, CellRange cells, Function<KeyView, T> reader) {
    requireOpen();
    gate.requireShown(key);
    return failStop.run(() -> reads.read(namespace(key), key, cells, reader));
  }

  /** Runs what reads large values: see {@link dev.tidemark.type.KeyAccess#loading}. */
  public <T> T loading(Function<Function<LargeValue, Bytes>, T> reader) {
    requireOpen();
    return loader.run(reader);
  }

  /**
   * Looks at the state at a moment that readers see too: not in the middle of a run, where what
   * they still find may be gone.
   */
  <T> T atMoment(Function<Pin, T> look) {
    return reads.moments().pinned(look);
  }

  /** Live cells of a key. */
  public long liveCells(Bytes key) {
    requireOpen();
    gate.requireShown(key);
    return failStop.run(() -> reads.liveCells(namespace(key), key));
  }

  /** The namespace of a key. */
  public Namespace namespace(Bytes key) {
    return schema.of(Arguments.key(key));
  }

  /** All keys under a prefix, as they are at one log position. */
  public PinnedScan scan(Bytes prefix) {
    requireOpen();
    if (!writeLock.isHeldByCurrentThread()) {
      awaitFewGenerations();
    }
    PinnedScan scan;
    writeLock.lock();
    try {
      requireOpen();
      overlay.freeze();
      scan =
          new PinnedScan(
              this::requireOpen,
              schema,
              state,
              overlay.hold(),
              prefix,
              log.appendedPosition(),
              gate.shown());
    } finally {
      writeLock.unlock();
    }
    background.signal();
    scan.start();
    return scan;
  }

  /** Each scan between two commits freezes a small generation; readers pay for each of them. */
  private void awaitFewGenerations() {
    // After a failure there are no more commits, on a full disk few, and so generations.
    if (!background.isHeldUp() && overlay.frozen().size() >= MAX_FROZEN) {
      background.awaitFolded(
          () -> overlay.frozen().size() < MAX_FROZEN || background.isHeldUp(),
          this::requireWritable);
    }
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

  /** What finds damaged keys and puts them right. */
  public KeyRepair keyRepair(SnapshotKeeper snapshots) {
    return new KeyRepair(this, snapshots, background);
  }

  /** Large values as streams. */
  public LargeData largeData() {
    return new LargeData(this, blobs, arrivals);
  }

  /** The state, for its numbers. */
  public StateStore state() {
    return state;
  }

  /** Changes read back from the log, of the keys that are wanted. */
  public Replay replay(long fromPosition, Predicate<Bytes> wanted) {
    return new Replay(log, reads, replicaId, fromPosition, wanted);
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

  /** Refuses what would wait for this thread's own commit, or change what it has read. */
  void refuseInCommit(String what, String advice) {
    if (writeLock.isHeldByCurrentThread()) {
      throw Problem.of(what + " inside a commit").advise(advice).illegalState();
    }
  }

  void requireWritable() {
    requireOpen();
    failStop.requireWhole();
  }

  private void requireFolding() {
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
    blobs.close();
    arrivals.tell();
    // It may be waiting for room, which will not come any more.
    background.tellWaiting();
    stewarding.stop();
    try {
      background.finish();
    } finally {
      Closing.all(List.of(conflicts, log, state, overlay));
    }
    CrashPoint.CLOSE.after();
  }
}
