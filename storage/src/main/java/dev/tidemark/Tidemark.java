package dev.tidemark;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.storage.Status;
import dev.tidemark.storage.Truncation;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.compaction.CompactionReport;
import dev.tidemark.storage.compaction.Pace;
import dev.tidemark.storage.core.CollectionReport;
import dev.tidemark.storage.core.Holding;
import dev.tidemark.storage.core.Opening;
import dev.tidemark.storage.core.RunReception;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.storage.core.Widening;
import dev.tidemark.storage.core.Workers;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.handover.KeysOffer;
import dev.tidemark.storage.handover.PeerLogs;
import dev.tidemark.storage.handover.ReplicaNames;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.TruncatedException;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.state.StateStats;
import dev.tidemark.type.Durability;
import dev.tidemark.type.KeyAccess;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An embedded, crash-safe, replicated store of mergeable values under string keys. The schema gives
 * each key prefix its strategy; an update is a small delta, logged before it is visible; stores
 * that have seen the same updates hold the same values, in whatever order those came.
 *
 * <p>Thread-safe. Updates wait for each other, reads for nobody. Interrupts are passed on, not
 * obeyed. After {@link #close} every method throws {@link IllegalStateException}.
 */
public final class Tidemark implements Handles, AutoCloseable {
  private final Opening.Opened store;
  private final StoreCore core;
  private final Repairs repairs;

  private Tidemark(Opening.Opened store) {
    this.store = store;
    this.core = store.core();
    this.repairs = new Repairs(core, store.snapshots());
  }

  /** Opens a directory with default options, creating it if it is missing. */
  public static Tidemark open(Path directory, Schema schema) {
    return open(directory, schema, Options.defaults());
  }

  /**
   * Opens a directory, creating it if it is missing, and replays what the log holds and the state
   * does not. The schema may have more prefixes than the stored one, and fewer: stored ones stay.
   *
   * @throws dev.tidemark.error.StoreLockedException if this or another process has it open
   * @throws dev.tidemark.error.SchemaMismatchException if a stored prefix has another strategy, or
   *     a new one would take stored keys from another
   * @throws dev.tidemark.error.StoreUnusableException if the directory is no store, read-only, or
   *     of a format that this version cannot read
   * @throws dev.tidemark.error.DamagedException if what was promised to be durable is damaged
   * @throws IllegalStateException if the JVM lacks a flag that this library needs: the message has
   *     it
   */
  public static Tidemark open(Path directory, Schema schema, Options options) {
    return open(directory, schema, options, DurableFiles.standard());
  }

  /** The same on a disk of its own, which may be one that fails or forgets. */
  static Tidemark open(Path directory, Schema schema, Options options, DurableFiles disk) {
    return open(directory, schema, options, disk, Workers.THREADS);
  }

  /** The same with workers of its own, so that nothing goes on behind a test's back. */
  static Tidemark open(
      Path directory, Schema schema, Options options, DurableFiles disk, Workers workers) {
    return new Tidemark(Opening.open(directory, schema, options, disk, workers));
  }

  @Override
  public KeyAccess key(String key) {
    return new StoreKey(core, Namespace.userKey(Bytes.utf8(key)), null);
  }

  /**
   * Commits several updates as one: all or none of them become visible, survive a crash and reach
   * peers. The body runs while no other update can; if it throws, nothing is logged.
   *
   * @return the log position, or the newest one if the body made no update
   */
  public long commit(Consumer<Batch> body) {
    return core.commit(null, transaction -> body.accept(new Batch(transaction)));
  }

  /** The same with another durability than the store's. */
  public long commit(Durability durability, Consumer<Batch> body) {
    return core.commit(durability, transaction -> body.accept(new Batch(transaction)));
  }

  /** One update, by strategy at run time; gives its log position. */
  public long update(String key, Update update) {
    return key(key).update(update);
  }

  /**
   * A key's whole value, by strategy at run time; a key that was never written has its strategy's
   * empty one. A large value is its length and hash: {@link #largeValues} has its bytes.
   */
  public Value value(String key) {
    KeyAccess access = key(key);
    return access.read(CellRange.ALL, access.strategy().lattice()::value);
  }

  /** The keys under a prefix that have a value, as they are at one log position. Close it. */
  public Scan scan(String prefix) {
    return new Scan(core.views().scan(Bytes.utf8(prefix)));
  }

  /** Changes of keys under a prefix from now on. Close it. */
  public Subscription subscribe(String prefix) {
    return new Subscription(core, Bytes.utf8(prefix), core.log().appendedPosition() + 1);
  }

  /** Changes of keys under a prefix from a log position on. Close it. */
  public Subscription subscribe(String prefix, long fromPosition) {
    return new Subscription(core, Bytes.utf8(prefix), fromPosition);
  }

  /**
   * Synced commits from a log position on, for another store to {@linkplain #accept accept}. Close
   * it.
   *
   * @throws dev.tidemark.storage.log.TruncatedException if the log begins above it
   */
  public CommitStream commits(long fromPosition) {
    core.requireOpen();
    return new CommitStream(core, core.holding(), fromPosition);
  }

  /**
   * The whole log for a store that has seen the given operations, or null if the log does not reach
   * what that one lacks: then {@link #export} does. Close it.
   *
   * @param wanted the keys that the other is to hold
   */
  @Nullable CommitStream commitsSince(Interest wanted, VersionVector seen) {
    return commits(wanted, seen, () -> log().firstPosition());
  }

  /**
   * The same for a store that is to hold what this one does, without the sealed segments at the
   * beginning of the log that hold nothing which the other lacks: so a peer that was here before
   * does not cost a reading of the whole log.
   */
  public @Nullable CommitStream commitsLacking(VersionVector seen) {
    return commitsLacking(seen, 0);
  }

  /**
   * The same for one that has read the log before.
   *
   * @param reached up to which position it has all; 0 if unknown. Nothing is withheld for it that
   *     lies in a sealed segment before.
   */
  public @Nullable CommitStream commitsLacking(VersionVector seen, long reached) {
    return commitsLacking(interest(), seen, reached);
  }

  /** The same for one that is to hold some keys, which need not all be here. */
  @Nullable CommitStream commitsLacking(Interest wanted, VersionVector seen, long reached) {
    return commits(wanted, seen, () -> log().firstLacking(seen, reached));
  }

  /** The same as it is logged, for one who looks what there is and takes it for no more. */
  @Nullable CommitStream commitsLogged(VersionVector seen) {
    return commits(null, seen, () -> log().firstLacking(seen, 0));
  }

  private @Nullable CommitStream commits(
      @Nullable Interest wanted, VersionVector seen, LongSupplier firstPosition) {
    core.requireOpen();
    while (true) {
      // In this order: what is cut meanwhile is found missing by one or the other.
      Holding holding = core.holding();
      long first = firstPosition.getAsLong();
      boolean holdsAll = wanted != null && holding.interest().covers(wanted);
      if (!seen.dominates(holdsAll ? log().cutForAll() : log().cut())) {
        return null;
      }
      try {
        return new CommitStream(core, holding, first);
      } catch (TruncatedException cutMeanwhile) {
        // Look again.
      }
    }
  }

  /**
   * Takes a commit of another store, in the order of that store's log, and treats it as an update
   * of its own: logged, joined, shown to subscribers, passed on.
   *
   * @param commit the commit as {@link CommitStream#bytes} gives it
   * @param sender the replica id of the store it comes from, which need not have made it
   * @return whether it was new here
   * @throws dev.tidemark.error.RefusedCommitException if it cannot be next; nothing was changed
   * @throws dev.tidemark.error.MalformedException if it is not a commit; nothing was changed
   * @throws dev.tidemark.error.SchemaMismatchException if the stores' schemas differ for one of its
   *     keys
   */
  public boolean accept(byte[] commit, long sender) {
    return core.inflow().accept(commit, sender, null) != 0;
  }

  /**
   * The same; the large values that the commit refers to are fetched before it is logged. What the
   * source does not have is left out: see {@link LargeValues#awaitData}.
   *
   * @param chunks the sender's {@link LargeValues#source}
   */
  public boolean accept(byte[] commit, long sender, BlobSource chunks) {
    return core.inflow().accept(commit, sender, chunks) != 0;
  }

  /** Takes the commit that is offered; looks at its bytes only if it is new. */
  boolean accept(Outflow offered, CommitHeader header, long sender, BlobSource chunks) {
    return core.inflow().isNew(header)
        && core.inflow().accept(offered.bytes(), sender, chunks) != 0;
  }

  /**
   * Takes a run of another store, if anything in it is new here. What is new is logged, joined and
   * passed on as one; updates wait while it is joined, reads do not, and see nothing of it before
   * all of it is in. Subscribers are told what it changed without the values before.
   *
   * @param run what {@link CommitStream#run} or {@link #export} gives
   * @param sender the replica id of the store it comes from
   * @return whether anything in it was new here
   * @throws dev.tidemark.error.RefusedRunException if it cannot be taken; nothing was changed
   * @throws dev.tidemark.error.SchemaMismatchException if the stores' schemas differ for one of its
   *     keys; nothing was changed
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room for it in the log; nothing
   *     was changed
   */
  public boolean accept(Run run, long sender) {
    return core.inflow().accept(run, sender, null) != 0;
  }

  /** The same; the large values that are new here are fetched before the run is logged. */
  public boolean accept(Run run, long sender, BlobSource chunks) {
    return core.inflow().accept(run, sender, chunks) != 0;
  }

  /**
   * Begins to take a run that comes in pieces: see {@link #accept(Run, long)}.
   *
   * @param coverage what it holds of each origin
   * @param floor below what it has forgotten
   * @param interest the keys that it has all of
   * @param sender the replica id of the store it comes from
   * @return null if nothing in it is new here
   */
  public @Nullable RunReception receive(
      List<OriginCoverage> coverage,
      Floor floor,
      Interest interest,
      long sender,
      BlobSource chunks) {
    return core.inflow().receive(coverage, floor, interest, sender, chunks);
  }

  /** Values of any length, as streams. */
  public LargeValues largeValues() {
    core.requireOpen();
    return new LargeValues(core, store.snapshots());
  }

  /** What finds keys that a disk or a program has damaged, and puts them right. */
  public Repairs repairs() {
    core.requireOpen();
    return repairs;
  }

  /**
   * All that is folded into the state now, for a store that lacks what the log does not hold any
   * more. Close it.
   */
  public StateExport export() {
    return core.export();
  }

  /** The same of all that is logged now. Close it. */
  public StateExport exportAll() {
    return core.exportAll();
  }

  /**
   * Begins to take keys that this store is to hold and does not, and no others, in their order.
   * Once all are in, it holds them; until then it holds what it did. Its peers begin their
   * exchanges and sessions anew afterwards.
   *
   * @param sender the replica that sends them
   * @param chunks where to fetch the large values that they refer to
   * @return null if the two have not seen the same: of other replicas, and of what this one did to
   *     keys that it does not hold
   * @throws dev.tidemark.error.RefusedRunException if the other does not hold all of it
   */
  public @Nullable Widening widen(KeysOffer offer, long sender, BlobSource chunks) {
    return core.inflow().widen(offer, sender, chunks);
  }

  /** Up to where the logs of other stores were read; for whoever exchanges with them. */
  public PeerLogs peerLogs() {
    core.requireOpen();
    return PeerLogs.open(store.files(), store.disk(), store.identity().storeId(), vector());
  }

  /** Under which name each replica was met first; for whoever exchanges with them. */
  public ReplicaNames replicaNames() {
    core.requireOpen();
    return ReplicaNames.open(store.files(), store.disk(), store.identity().storeId());
  }

  /** Waits until all updates so far survive power loss. */
  public void sync() {
    core.sync();
  }

  /** Waits until the commit of a position, and all before it, survive power loss. */
  public void awaitSynced(long position) {
    core.awaitSynced(position);
  }

  /**
   * Tells after each sync of the log that there was one. Close it.
   *
   * @param listener must not wait, nor throw
   */
  public SyncWatch watchSyncs(Runnable listener) {
    core.requireOpen();
    return new SyncWatch(core, listener);
  }

  /** Folds all updates so far into the state and writes the state to disk. */
  public void flush() {
    core.upkeep().flush();
  }

  /** Seals the log segment being written; the next update begins another. */
  public void roll() {
    core.upkeep().roll();
  }

  /**
   * Takes a snapshot of all updates so far, and removes the oldest of those that are too many.
   * Writers and readers go on; it takes as long as reading the whole state. It lies in the store's
   * own directory and shares blocks with the state where the file system has hard links: against
   * mistakes it protects at once, against a bad medium only a copy does.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; the store is as it was
   */
  public Snapshot snapshot() {
    return store.snapshots().take();
  }

  /** What it is made of. */
  StoreCore core() {
    return core;
  }

  /** The log, for what looks into it. */
  OpLog log() {
    return core.log();
  }

  /**
   * Folds the log up to now into one segment, which holds per key what its operations come to; the
   * store goes on meanwhile. It does so by itself in the background, a part at a time.
   */
  public CompactionReport compact() {
    return core.upkeep().compact(Pace.UNHINDERED);
  }

  /** The same; progress is told of what is read, by the number of bytes. */
  public CompactionReport compact(Pace progress) {
    return core.upkeep().compact(progress);
  }

  /**
   * Forgets at once what all {@linkplain #members members} are known to have seen: tombstones, and
   * what is known of keys that are gone. Values stay as they are. The store does so by itself.
   */
  public CollectionReport collect() {
    return core.upkeep().collect(Pace.UNHINDERED);
  }

  /** The same; progress is told of what is looked at, by the number of bytes. */
  public CollectionReport collect(Pace progress) {
    return core.upkeep().collect(progress);
  }

  /**
   * Cuts off the log below the newest snapshot, which is taken first if there is none of all
   * updates so far. What open streams and subscriptions have not read yet is kept, within bounds:
   * see {@link dev.tidemark.storage.Retention}. The store does the same by itself when its log has
   * grown.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room; the log is as it was
   */
  public Truncation truncate() {
    return store.snapshots().truncate();
  }

  /** Prefixes and strategies, the stored ones included. */
  public Schema schema() {
    return core.schema().withoutSystem();
  }

  /** Who belongs to its cluster. */
  public Members members() {
    return new Members(core);
  }

  /** Which of its cluster's members owns which keys. */
  public Rings ring() {
    return new Rings(core);
  }

  /** Values that concurrent updates took from each other. */
  public Conflicts conflicts() {
    core.requireOpen();
    return new Conflicts(core);
  }

  /** The id under which this store makes operations; unsigned. */
  public long replicaId() {
    return core.replicaId();
  }

  /**
   * What it has seen of each replica, with the hash of its history: two stores that have seen as
   * many operations of a replica, with different hashes, have not seen the same ones.
   */
  public List<OriginCoverage> histories() {
    return core.histories();
  }

  /**
   * Which keys it holds: of those it has all that its {@linkplain #vector vector} says. Of others
   * it has what it wrote itself.
   */
  public Interest interest() {
    return core.interest();
  }

  /** Which keys it is to hold: more than it does where others have still to give them. */
  public Interest wanted() {
    return core.cluster().wanted();
  }

  /** How many operations of each replica it has seen. */
  public VersionVector vector() {
    return core.vector();
  }

  /** What opening found and did. */
  public RecoveryReport recovery() {
    return store.report();
  }

  /** Its numbers now. */
  public Status status() {
    core.requireOpen();
    StateStats stats = core.state().stats();
    return new Status(
        HexFormat.of().formatHex(store.identity().storeId()),
        core.replicaId(),
        core.schema().withoutSystem(),
        core.interest(),
        core.cluster().wanted(),
        core.vector(),
        core.clock(),
        core.log().firstPosition(),
        core.log().appendedPosition(),
        core.log().syncedPosition(),
        core.state().progress().applied(),
        core.state().flushedPosition(),
        core.log().segments().size(),
        core.log().segments().stream().mapToLong(segment -> segment.bytes()).sum(),
        stats.tableBytes(),
        core.overlayBytes(),
        stats.nativeBytes(),
        core.state().openHandles(),
        SnapshotFiles.newest(store.files().snapshots()).orElse(0),
        core.cluster().members(),
        message(core.upkeep().problem()),
        message(store.snapshots().problem()));
  }

  private static @Nullable String message(@Nullable Throwable problem) {
    return problem == null ? null : String.valueOf(problem.getMessage());
  }

  /** Folds what is pending, seals the log, and gives the directory free. Again it does nothing. */
  @Override
  public void close() {
    store.close();
  }
}
