package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Refusal;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.engine.stability.Stability;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.membership.MembershipReport;
import dev.tidemark.storage.state.StateStore;
import java.util.List;
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

  /** Below what members have said that may be forgotten; the state may not have it yet. */
  private Floor told = Floor.NONE;

  Membership(long self, Reads reads, Origins origins, StateStore state) {
    this.self = self;
    this.reads = reads;
    this.origins = origins;
    this.state = state;
  }

  /** What a commit says of members counts once it is in. */
  void note(Commit commit) {
    for (Operation operation : commit.operations()) {
      if (operation.namespace().equals(Namespace.SYSTEM)) {
        noteAll();
        return;
      }
    }
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

  /** Refuses this store's own updates when it must not write. */
  void requireMember() {
    if (!isFounded() || ownRefusal == null) {
      return;
    }
    throw new NotMemberException(
        Problem.of(
                ownRefusal == Refusal.RETIRED
                    ? "this store was retired from its cluster"
                    : "this store is no member of its cluster")
            .with("replica", ReplicaId.format(self))
            .advise(
                ownRefusal == Refusal.RETIRED
                    ? "its values can be read; to write, begin a new store and have it admitted: what"
                        + " only this one has, `tidemark log --json` lists, to be issued anew there"
                    : "have a member admit it, and exchange with that one first"));
  }

  /**
   * Refuses a new commit of one who must not be listened to.
   *
   * @throws NotMemberException naming why
   */
  void check(CommitHeader header, long sender) {
    if (isFounded()) {
      check(stability(), header.origin(), header.lastSequence(), header.stamp(), sender);
    }
  }

  /**
   * The same for what is new of a run.
   *
   * @throws NotMemberException naming why
   */
  void check(List<OriginCoverage> run, long sender) {
    if (!isFounded()) {
      return;
    }
    Stability stability = stability();
    for (OriginCoverage of : run) {
      if (of.after() > origins.row(of.origin()).sequence()) {
        check(stability, of.origin(), of.after(), of.lastStamp(), sender);
      }
    }
  }

  private void check(Stability stability, long origin, long sequence, long stamp, long sender) {
    Refusal refusal = stability.refusal(origin, sender, stamp, floor());
    if (refusal == null) {
      return;
    }
    throw new NotMemberException(
        Problem.of(
                switch (refusal) {
                  case STRANGER -> "operation is of a replica that is no member";
                  case RETIRED -> "operation is of a replica that was retired";
                  case OUTDATED -> "operation is older than what its members have forgotten";
                })
            .with("origin", ReplicaId.format(origin))
            .with("sequence", sequence)
            .with("sender", ReplicaId.format(sender))
            .advise(
                switch (refusal) {
                  case STRANGER -> "have a member admit it: `tidemark members DIR --admit ID`";
                  case RETIRED ->
                      "what only that one has is to be issued anew by a member: `tidemark log"
                          + " --json` lists it";
                  case OUTDATED ->
                      "its store was restored from an old copy: begin it anew under another id, and"
                          + " issue anew what only it has: `tidemark log --json` lists it";
                }));
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
    batch.update(MembersKey.KEY, MembersKey.retirement(replica, self));
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
