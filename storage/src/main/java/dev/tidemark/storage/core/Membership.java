package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.commit.Withheld;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Refusal;
import dev.tidemark.engine.stability.Retirement;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.engine.stability.Row;
import dev.tidemark.engine.stability.Stability;
import dev.tidemark.engine.stability.Standing;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedCommitException;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.membership.FenceWords;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.membership.MembershipReport;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateStore;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to the cluster, as this store has it: read from a key of the store, and written to it
 * by ordinary updates. Guarded by the store's write lock.
 */
public final class Membership {
  private final long self;
  private final Reads reads;
  private final Origins origins;
  private final StateStore state;
  private @Nullable Roster roster;
  private @Nullable Refusal ownRefusal;

  /** What others have seen of this replica that it does not know; 0 if nothing. */
  private long lost;

  /** The operation of this replica under whose number others have another one; 0 if none. */
  private long forked;

  /** Below what members have said that may be forgotten; the state may not have it yet. */
  private Floor told = Floor.NONE;

  Membership(long self, Reads reads, Origins origins, StateStore state) {
    this.self = self;
    this.reads = reads;
    this.origins = origins;
    this.state = state;
  }

  /** Anything may have been said. */
  void noteAll() {
    roster = null;
  }

  /** Whether the store belongs to a cluster: only then is anything forgotten. */
  boolean isFounded() {
    return roster().isFounded();
  }

  Roster roster() {
    Roster known = roster;
    if (known == null) {
      known =
          reads.read(
              Namespace.SYSTEM,
              MembersKey.KEY,
              CellRange.ALL,
              key -> {
                told = MembersKey.floor(key);
                return MembersKey.roster(key);
              });
      roster = known;
      ownRefusal = stability().ownRefusal();
    }
    return known;
  }

  /** Who belongs, what may be forgotten, and who holds it up. */
  MembershipReport report() {
    return MembershipReport.of(self, origins.matrix(), roster(), floor());
  }

  /**
   * The lowest position of the log with an operation that some member is not known to have seen, by
   * whole segments; {@link LogHolds#NONE} if there is none.
   */
  long lowestNeeded(List<SegmentInfo> segments) {
    if (!isFounded()) {
      return LogHolds.NONE;
    }
    VersionVector seen = MembershipReport.meet(stability().standings());
    for (SegmentInfo segment : segments) {
      if (!seen.dominates(Coverage.after(segment.coverage()))) {
        return segment.firstPosition();
      }
    }
    return LogHolds.NONE;
  }

  /** How things stand now. */
  Stability stability() {
    return new Stability(self, origins.matrix(), roster());
  }

  /** Below what the state has forgotten. */
  Floor floor() {
    return state.floor();
  }

  /** Below what any member has said that may be forgotten, or the state has forgotten. */
  Floor told() {
    roster();
    return told.join(floor());
  }

  /** Refuses this store's own updates when it must not write. */
  void requireMember() {
    long known = origins.row(self).sequence();
    if (lost > known) {
      throw new NotMemberException(FenceWords.oldCopy(self, lost, known));
    }
    if (forked > 0) {
      throw new NotMemberException(FenceWords.forked(self, forked, known));
    }
    Roster said = roster();
    if (ownRefusal != null) {
      throw new NotMemberException(FenceWords.of(self, ownRefusal, said));
    }
  }

  /** Why a store that is met cannot go on, as this one has it, or null if it can. */
  public @Nullable Expulsion expulsion(long peer, VersionVector theirs) {
    return roster().retirements().isEmpty() ? null : stability().expulsion(peer, theirs, floor());
  }

  /** Others have seen more of this replica than it knows: until it is closed it writes nothing. */
  public void isOldCopy(long seen) {
    lost = Math.max(lost, seen);
  }

  /** Others have another history of this replica: until it is closed it writes nothing. */
  public void isForked(long seen) {
    forked = seen;
  }

  /** Whether it may be so that this store cannot go on, as a peer says. */
  public boolean isCredible(Expulsion told) {
    Retirement said = told.retirement();
    Dot by = said.by();
    boolean concerns = told.isOf(self) || origins.row(said.replica()).sequence() > told.taken();
    long known = origins.row(by.replica()).sequence();
    boolean fits = by.sequence() > known || roster().retirements().contains(said);
    // What this replica has said itself it knows.
    boolean isAnothers = by.replica() != self || by.sequence() <= known;
    return concerns && known > 0 && fits && isAnothers;
  }

  /** This replica was told that it cannot go on: it says so to all who listen to it. */
  public void withdraw(Transaction batch) {
    if (!roster().isRetired(self)) {
      batch.update(MembersKey.KEY, MembersKey.retirement(self, self));
    }
  }

  /**
   * Refuses a new commit of one who must not be listened to.
   *
   * @throws NotMemberException naming why
   */
  void check(CommitHeader header, long sender) {
    long origin = header.origin();
    OriginRow row = origins.row(origin);
    Row here = new Row(row.sequence(), row.lastStamp(), row.known());
    if (isFounded() && !Stability.isPlain(roster(), origin, here, header.stamp(), floor())) {
      Row upTo = row(header);
      refuse(stability().refusal(origin, sender, upTo, floor()), origin, upTo, sender);
    }
  }

  /**
   * Refuses a commit that gives up what its maker may still bring: whoever gave it up had taken
   * leave of the maker before, and has said so in the log that this one comes from.
   *
   * @throws RefusedCommitException if its maker is not known to be retired
   */
  void checkLost(Commit commit) {
    for (Operation operation : commit.operations()) {
      Withheld withheld = operation.withheld();
      if (withheld != null && withheld.isLost() && !roster().isRetired(commit.header().origin())) {
        throw new RefusedCommitException(
            Problem.of("commit gives up operations of one that was not retired")
                .with("origin", ReplicaId.format(commit.header().origin()))
                .with("sequence", commit.header().firstSequence())
                .with("key", operation.key())
                .advise("take it from a store that has them"));
      }
    }
  }

  /**
   * Refuses a run of one who must not be listened to, or that may bring something from below the
   * floor.
   *
   * @param said what the run says of members
   * @throws NotMemberException naming why
   */
  void check(List<OriginCoverage> run, Roster said, long sender) {
    if (!isFounded()) {
      return;
    }
    Stability stability = stability();
    for (OriginCoverage of : run) {
      Row upTo = row(of);
      boolean isNew = upTo.sequence() > origins.row(of.origin()).sequence();
      Refusal refusal = isNew ? stability.refusal(of.origin(), sender, upTo, floor(), said) : null;
      refuse(refusal, of.origin(), upTo, sender);
      refuse(stability.unvouched(of.origin(), upTo, floor(), said), of.origin(), upTo, sender);
    }
  }

  /** By its first stamp: all of it has to lie above the floor. */
  private static Row row(CommitHeader header) {
    return new Row(header.lastSequence(), header.stamp(), header.summary());
  }

  private static Row row(OriginCoverage of) {
    return new Row(of.after(), of.lastStamp(), of.summary());
  }

  private static void refuse(@Nullable Refusal refusal, long origin, Row upTo, long sender) {
    if (refusal != null) {
      throw new NotMemberException(FenceWords.of(refusal, origin, upTo.sequence(), sender));
    }
  }

  /** Refuses as long as operations of a replica may still be taken from anybody. */
  void requireGone(long replica) {
    requireFounded();
    if (stability().isMember(replica)) {
      throw Problem.of("replica is waited for")
          .with("replica", ReplicaId.format(replica))
          .advise(
              roster().isRetired(replica)
                  ? "exchange with all members first: some have not seen that it was retired"
                  : "retire it first: `tidemark members DIR --retire ID`")
          .illegalState();
    }
  }

  /** Founds a cluster: all replicas of which anything is known here are its members. */
  public void found(Transaction batch) {
    if (isFounded()) {
      throw Problem.of("cluster is founded already")
          .advise("have one of its members admit others")
          .illegalState();
    }
    batch.update(MembersKey.KEY, MembersKey.join(self, self, origins.vector()));
  }

  /** Founds a cluster anew, whose only member is this replica: all others are retired. */
  public void foundAgain(Transaction batch) {
    requireFounded();
    if (ownRefusal != Refusal.STRANGER) {
      throw Problem.of(ownRefusal == null ? "store is a member already" : "this store was retired")
          .with("replica", ReplicaId.format(self))
          .advise(
              ownRefusal == null
                  ? "let others in with it"
                  : "restore a snapshot of it, which gives it a new replica id, and found with that")
          .illegalState();
    }
    List<Standing> others = stability().standings();
    batch.update(MembersKey.KEY, MembersKey.join(self, self, origins.vector()));
    for (Standing other : others) {
      if (!other.isRetired()) {
        batch.update(MembersKey.KEY, MembersKey.retirement(other.replica(), self));
      }
    }
  }

  /** Lets a replica in, with this one as its sponsor. */
  public void admit(Transaction batch, long replica) {
    requireFounded();
    if (roster().isRetired(replica)) {
      throw Problem.of("replica was retired")
          .with("replica", ReplicaId.format(replica))
          .advise("begin its store anew under another id")
          .illegalArgument();
    }
    if (roster().hasJoined(replica)) {
      throw Problem.of("replica has joined already")
          .with("replica", ReplicaId.format(replica))
          .illegalArgument();
    }
    batch.update(MembersKey.KEY, MembersKey.join(replica, self, origins.vector()));
  }

  /** Lets the others go on without a member. */
  public void retire(Transaction batch, long replica) {
    requireFounded();
    if (roster().isRetired(replica)) {
      throw Problem.of("replica was retired already")
          .with("replica", ReplicaId.format(replica))
          .illegalArgument();
    }
    if (!stability().isMember(replica)) {
      throw Problem.of("replica is no member")
          .with("replica", ReplicaId.format(replica))
          .advise("`tidemark members DIR` lists them")
          .illegalArgument();
    }
    if (replica == self) {
      // It could not write any more; and if it was the last one, nobody could let anybody in.
      throw Problem.of("a member does not retire itself")
          .with("replica", ReplicaId.format(self))
          .advise("have another member retire it; the last one stays, and may just be closed")
          .illegalArgument();
    }
    batch.update(MembersKey.KEY, MembersKey.retirement(replica, self));
  }

  /** Whether there is a cluster that this replica may write in. */
  boolean maySpeak() {
    return isFounded() && ownRefusal == null;
  }

  /**
   * Takes nothing more from members that were retired, as a peer says, and says so itself; where it
   * {@linkplain #maySpeak may}. Never from this replica, nor from those that are still spoken to.
   *
   * @param told whom the peer takes for retired; believed of a member
   * @return whether anything was said
   */
  boolean forsake(Transaction batch, long peer, Set<Long> told, LongPredicate isSpokenTo) {
    Stability now = stability();
    boolean isAny = !now.forsaken().containsAll(retired());
    for (long replica : told) {
      boolean isBelieved =
          now.isMember(peer)
              && !roster().isRetired(peer)
              && replica != self
              && now.isMember(replica)
              && !isSpokenTo.test(replica);
      if (isBelieved && !roster().isRetired(replica)) {
        batch.update(MembersKey.KEY, MembersKey.retirement(replica, self));
        isAny = true;
      }
    }
    if (isAny) {
      batch.update(
          MembersKey.KEY, MembersKey.pulse(self, now.announcement(), this.told.join(now.floor())));
    }
    return isAny;
  }

  /** Whether nothing more is taken from a replica, as this one has said. */
  boolean isForsaken(long replica) {
    return isFounded() && stability().forsaken().contains(replica);
  }

  private Set<Long> retired() {
    return roster().retirements().stream().map(Retirement::replica).collect(Collectors.toSet());
  }

  private void requireFounded() {
    if (!isFounded()) {
      throw Problem.of("store belongs to no cluster")
          .advise("found one: `tidemark members DIR --found`")
          .illegalState();
    }
  }

  /** Whether somebody waits for this replica to say what it has seen. */
  boolean isPulseDue() {
    Stability now = stability();
    return now.due().isPresent() || now.isFloorDue(told);
  }

  /** Says what this replica has seen, if somebody waits for that; whether it did. */
  boolean pulse(Transaction batch) {
    boolean due = isPulseDue();
    if (due) {
      Stability now = stability();
      Floor floor = told.join(now.floor());
      batch.update(MembersKey.KEY, MembersKey.pulse(self, now.announcement(), floor));
    }
    return due;
  }
}
