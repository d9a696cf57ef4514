package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridClock;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.interest.HandOver;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.conflict.Conflicts;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.LogPlace;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.membership.RingKey;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateStore;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one way in. A commit of this store is prepared, one of another is checked; from there on both
 * go the same way: into the log, then into memory. Guarded by the store's write lock, so that the
 * order of the log, of stamps and of visibility is one.
 */
final class Committer {
  private static final int GENERATIONS_PER_OVERLAY = 2;
  private static final long NOT_ASIDE = -1;

  /** What a crash makes the next open replay, at most, for each generation that is pending. */
  private static final long MOST_LOG_BYTES = 768L << 20;

  private final Options options;
  private final long replicaId;
  private final Schema schema;
  private final InterestGate gate;
  private final OpLog log;
  private final BlobStore blobs;
  private final Overlay overlay;
  private final Reads reads;
  private final Observers observers;
  private final Background background;
  private final Origins origins;
  private final Membership membership;
  private final RingKeeper ring;
  private final StateStore state;
  private final HybridClock clock;
  private final Intake intake;
  private final RunRules runRules;
  private final HotHeads hot;
  private final Loader loader;
  private final ConflictWatch conflicts;
  private final ByteWriter buffer = new ByteWriter(4096);

  /** This replica's newest operation of which it is not known that its key was held. */
  private long newestUnheld;

  /** This replica's newest operation when a ring was found to be without it. */
  private long writtenAside = NOT_ASIDE;

  Committer(
      Options options,
      long replicaId,
      Schema schema,
      InterestGate gate,
      OpLog log,
      StateStore state,
      BlobStore blobs,
      Overlay overlay,
      Reads reads,
      Observers observers,
      Background background,
      Conflicts conflicts) {
    this.options = options;
    this.replicaId = replicaId;
    this.schema = schema;
    this.gate = gate;
    this.log = log;
    this.blobs = blobs;
    this.overlay = overlay;
    this.reads = reads;
    this.observers = observers;
    this.background = background;
    Progress progress = state.progress();
    this.origins = new Origins(replicaId, progress.origins());
    this.membership = new Membership(replicaId, reads, origins, state);
    this.ring = new RingKeeper(options.ringMember(), reads, gate);
    this.state = state;
    this.clock = new HybridClock(progress.clock());
    this.intake = new Intake(schema, gate, options, replicaId);
    this.hot = new HotHeads(reads);
    this.loader = new Loader(blobs, options.loadLimit());
    this.conflicts = new ConflictWatch(replicaId, reads, origins, conflicts);
    this.runRules = new RunRules(options, replicaId);
    this.newestUnheld = origins.row(replicaId).sequence();
  }

  /** Gathers a commit and logs it; gives its position, or the newest one if it has no updates. */
  long gather(Consumer<Transaction> body) {
    membership.requireMember();
    return speak(body);
  }

  /** The same for what even one who is no member says: of itself, and of who the members are. */
  long speak(Consumer<Transaction> body) {
    ring.refresh();
    long now = options.clock().getAsLong();
    long sequence = origins.row(replicaId).sequence() + 1;
    OperationId first = new OperationId(replicaId, sequence, clock.peek(now));
    try (Offload offload = new Offload(blobs, options.inlineLimit())) {
      Transaction transaction = new Transaction(reads, hot, schema, gate, first, offload, loader);
      try {
        body.accept(transaction);
      } finally {
        transaction.end();
      }
      if (transaction.operations().isEmpty()) {
        return log.appendedPosition();
      }
      return logOwn(transaction, first);
    }
  }

  private long logOwn(Transaction transaction, OperationId first) {
    int count = transaction.operations().size();
    CommitHeader draft =
        new CommitHeader(replicaId, first.sequence(), first.stamp(), count, origins.summary(), 0);
    long chain = origins.row(replicaId).chain();
    CommitHeader header =
        CommitCodec.encode(draft, transaction.operations(), chain, buffer.reset());
    if (buffer.length() > Limits.MAX_COMMIT_BYTES) {
      throw Transaction.tooLarge(buffer.length());
    }
    Commit commit = new Commit(header, transaction.operations());
    return append(commit, buffer.buffer(), buffer.length(), true);
  }

  /** Logs a commit of another store; gives its position, or 0 if it is here already. */
  long accept(Commit commit, byte[] bytes, long sender) {
    if (!isNew(commit.header())) {
      return 0;
    }
    intake.check(commit, bytes, origins, sender);
    membership.check(commit.header(), sender);
    membership.checkLost(commit);
    return append(commit, bytes, bytes.length, false);
  }

  /** Whether a commit of another store is not here yet. */
  boolean isNew(CommitHeader header) {
    return Intake.isNew(header, origins);
  }

  /** Log first, then memory. */
  private long append(Commit commit, byte[] bytes, int length, boolean local) {
    Observers.@Nullable Capture capture = observers.capture(commit);
    long position = log.append(commit.header(), bytes, 0, length);
    try {
      enter(commit, position, log.lastPlace());
    } catch (Throwable e) {
      // The log has it and memory has not all of it: no further commit may build on that.
      background.fail(e);
      throw e;
    }
    observers.publish(capture, commit, position, local);
    if (capture != null && log.syncedPosition() >= position) {
      // The sync was faster than this: whoever it woke has found nothing yet.
      observers.wake();
    }
    return position;
  }

  /** Takes a logged commit into memory. */
  void enter(Commit commit, long position, LogPlace place) {
    OriginRow row = origins.advance(commit.header());
    clock.observe(commit.header().lastStamp());
    conflicts.look(commit, position, row);
    overlay.apply(commit, position, place, row, clock.last());
    hear(commit);
    noteUnheld(commit);
    hot.note(commit);
    if (overlay.activeBytes() >= options.overlayBytes() / GENERATIONS_PER_OVERLAY
        || overlay.activeLogBytes() >= MOST_LOG_BYTES) {
      overlay.freeze();
      // Not only a signal: the folder may be waiting for more, and should not until memory is full.
      background.wakeFolder();
    }
  }

  /** What a commit says of the cluster counts from the next one on. */
  private void hear(Commit commit) {
    for (Operation operation : commit.operations()) {
      if (operation.namespace().equals(Namespace.SYSTEM)) {
        membership.noteAll();
        if (operation.key().equals(RingKey.KEY)) {
          ring.noteAll();
        }
      }
    }
  }

  private void noteUnheld(Commit commit) {
    Interest held = gate.interest();
    if (held.isAll() || commit.header().origin() != replicaId) {
      return;
    }
    for (Operation operation : commit.operations()) {
      if (!held.covers(operation.key())) {
        newestUnheld = commit.header().lastSequence();
        return;
      }
    }
  }

  /**
   * Whether another store has seen the same of all keys that this one does not hold: all that is
   * here of others, and no more, and what this one did to such keys.
   *
   * @throws dev.tidemark.error.RefusedRunException if it is of another history
   */
  boolean hasSeenAsMuch(List<OriginCoverage> other, long sender) {
    VersionVector theirs = Coverage.after(other);
    return !isNew(other, sender)
        && theirs.dominates(vector().without(replicaId))
        && theirs.get(replicaId) >= newestUnheld;
  }

  /**
   * Whether a run of another store has anything that is not here yet.
   *
   * @throws dev.tidemark.error.RefusedRunException if it cannot be taken
   */
  boolean isNew(List<OriginCoverage> run, long sender) {
    runRules.check(run, origins, sender);
    return RunRules.isNew(run, origins);
  }

  /** Forgets what keys are thought to be: one was changed past the log. */
  void forgetHot() {
    hot.clear();
  }

  /** Folds all that is logged in the calling thread. */
  void foldAll() {
    overlay.freeze();
    while (background.foldOldest()) {
      // Each round folds one generation.
    }
  }

  /**
   * Takes a run of the log into the state, past memory, which it may be larger than. What was
   * logged before it {@linkplain #foldAll is folded}; the vector rises with its last record.
   */
  void enterRun(List<OriginCoverage> run, RunRecords records, long position) {
    run.forEach(of -> clock.observe(of.lastStamp()));
    var rows = origins.behind(run);
    background.foldRun(Coverage.effect(run), records, position, clock.last(), rows);
    origins.advance(rows);
    conflicts.forget();
    membership.noteAll();
    ring.noteAll();
    hot.clear();
  }

  /** Who belongs to the cluster. */
  Membership membership() {
    return membership;
  }

  /** Who owns what in it. */
  RingKeeper ring() {
    return ring;
  }

  /**
   * Follows the ring that the log tells of, now that it is replayed; as long as there is none, what
   * the store was opened for.
   */
  void follow() {
    Interest asked = options.interest();
    Interest held = gate.interest();
    boolean isRing = ring.handOver() != null;
    if (isRing || options.ringMember() == null || asked == null || asked.equals(held)) {
      return;
    }
    if (held.covers(asked)) {
      hold(asked);
    } else {
      gate.ask(asked);
    }
  }

  /** Lets go of what is of others, if nobody needs it here any more; whether there was any. */
  boolean letGo() {
    HandOver now = ring.handOver();
    boolean isSpread = now == null || isSpread(now);
    Interest only = now == null ? null : now.keeps();
    if (only == null || !isSpread) {
      return false;
    }
    hold(only);
    return true;
  }

  /** Whether all others have what this store wrote to keys that it is not asked for any more. */
  private boolean isSpread(HandOver now) {
    if (!now.isAside()) {
      writtenAside = NOT_ASIDE;
      return true;
    }
    if (writtenAside == NOT_ASIDE) {
      writtenAside = origins.row(replicaId).sequence();
    }
    return Unspread.spread(replicaId, origins.matrix(), membership.roster()) >= writtenAside;
  }

  /** Written down first: what is left out from then on would be missing in what is held. */
  private void hold(Interest narrower) {
    CrashPoint.NARROW.before();
    writeDown(narrower);
    CrashPoint.NARROW.after();
    // What was of a key that was held is so no more.
    newestUnheld = origins.row(replicaId).sequence();
    gate.narrowed(narrower);
    ring.refresh();
  }

  /**
   * Writes down what is held. If that fails, only the next open knows whether the disk has it,
   * maybe later: what is taken or left out until then would be as of the one or the other.
   */
  void writeDown(Interest held) {
    try {
      state.hold(held);
    } catch (Throwable e) {
      background.fail(e);
      throw e;
    }
  }

  /**
   * The lowest position with own operations that are not known to be everywhere; of a cluster whose
   * members say what they have, with anybody's: of what only this store has heard of, though it
   * does not hold the key, it is the one that can say that there was something.
   */
  long lowestUnspread(List<SegmentInfo> segments) {
    return Math.min(
        Unspread.lowest(replicaId, origins.matrix(), membership.roster(), segments),
        membership.lowestNeeded(segments));
  }

  /** What is here of each replica, with the hash of its history. */
  List<OriginCoverage> histories() {
    return origins.histories();
  }

  /** What the store has seen of each replica. */
  VersionVector vector() {
    return origins.vector();
  }

  /** The greatest stamp given or observed. */
  long clock() {
    return clock.last();
  }
}
