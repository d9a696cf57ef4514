package dev.tidemark;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.storage.core.ReissueReport;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.membership.MembershipReport;
import dev.tidemark.type.Durability;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a store's cluster. Until one is founded, stores exchange freely and never forget a
 * tombstone. From then on they forget what every member has seen; so a member that is away holds
 * that up until it comes back or is retired. What is said of members is logged, and reaches the
 * others as updates do.
 */
public final class Members {
  private final StoreCore core;

  Members(StoreCore core) {
    this.core = core;
  }

  /**
   * Founds a cluster. Every replica of which this store has seen an operation is a member, and
   * every one that is seen before they hear of it: found it at one store, before others are added.
   *
   * @return the log position
   * @throws IllegalStateException if there is one already
   */
  public long found() {
    return core.commit(Durability.SYNCED, core.cluster().membership()::found);
  }

  /**
   * Lets a replica in, with this one as its sponsor. It may write once it has seen that.
   *
   * @return the log position
   * @throws IllegalArgumentException if it has joined before, or was retired
   * @throws IllegalStateException if there is no cluster
   */
  public long admit(long replica) {
    ReplicaId.requireValid(replica);
    return core.commit(
        Durability.SYNCED, batch -> core.cluster().membership().admit(batch, replica));
  }

  /**
   * Lets the others go on without a member, for ever: nothing is taken from it any more once they
   * have seen that, and what it had not shown to anybody has to be issued anew. Its store refuses
   * to write when it hears of it.
   *
   * @return the log position
   * @throws IllegalArgumentException if it is no member, or this store's own
   * @throws IllegalStateException if there is no cluster
   */
  public long retire(long replica) {
    return core.commit(
        Durability.SYNCED, batch -> core.cluster().membership().retire(batch, replica));
  }

  /**
   * Founds the cluster again with what this store has: its only member is this one, and all that it
   * knows of are retired. For the case that nobody is left who could let anybody in, and for that
   * alone: members that are alive learn that they were retired, and have to come back to this one.
   * The store takes a new replica id first, as one that was restored from a snapshot has.
   *
   * @return the log position
   * @throws IllegalStateException if there is no cluster, or this store is or was a member of it
   */
  public long foundAgain() {
    return core.cluster().speak(core.cluster().membership()::foundAgain);
  }

  /**
   * Why a store that is met cannot go on under its replica id, as this one has it, or null if it
   * can. To be asked before anything is exchanged: it has to {@link #withdraw} then.
   *
   * @param peer the store's replica id
   * @param seen its vector
   */
  public @Nullable Expulsion expulsion(long peer, VersionVector seen) {
    core.requireOpen();
    return core.locked(() -> core.cluster().membership().expulsion(peer, seen));
  }

  /**
   * Takes note that another store of the cluster has told this one that it cannot go on: this
   * replica retires itself, so that its store refuses to write from now on, and those it has let in
   * hear of it.
   *
   * @return the log position
   */
  public long withdraw() {
    return core.cluster().speak(core.cluster().membership()::withdraw);
  }

  /**
   * The same, where it is told over a network by somebody who may err or lie: it is believed only
   * if it concerns this store and fits what this store knows. That is: it was retired itself, or it
   * has more operations of the retired one than the members have taken; the operation that retired
   * is of a replica that is known here; and it is either not here yet, or here and says so.
   *
   * @return whether it is believed
   */
  public boolean withdraw(Expulsion told) {
    core.requireOpen();
    boolean isCredible = core.locked(() -> core.cluster().membership().isCredible(told));
    if (isCredible) {
      withdraw();
    }
    return isCredible;
  }

  /**
   * Takes note that a peer has seen more of this replica than it knows itself: its directory was
   * restored or copied behind the peers' backs. It refuses to write until it is closed.
   *
   * @param seen how many of this replica's operations the peer has seen
   */
  public void isOldCopy(long seen) {
    core.requireOpen();
    core.locked(
        () -> {
          core.cluster().membership().isOldCopy(seen);
          return seen;
        });
  }

  /**
   * Takes note of what a peer has seen of this replica, if that is another history than this store
   * has made: its directory was restored or copied behind the peers' backs and was written to
   * since. It refuses to write until it is closed. The peer's word is held against this store's own
   * log, and means nothing where that does not reach back.
   *
   * @param seen the peer's history of this replica, as {@link Tidemark#histories} gives it
   * @return whether it is another history
   */
  public boolean isForked(OriginCoverage seen) {
    core.requireOpen();
    boolean isForked = seen.origin() == core.replicaId() && new OwnChain(core).isAnother(seen);
    if (isForked) {
      core.locked(
          () -> {
            core.cluster().membership().isForked(seen.after());
            return seen;
          });
    }
    return isForked;
  }

  /**
   * Makes anew, as updates of this store, what only another has that must not go on under its id:
   * it was retired, it wrote before it was let in, or was never let in. Of every key comes out what
   * the join of both would be; stamps are those of now. It ends where it was done before, by
   * whomever, and goes on where it was interrupted. This store should have all that the others
   * have, and hold the keys that the other holds. What was lost with that is made anew where the
   * log still says that it was.
   *
   * @param gone the other store, of the same schema
   * @return what was made anew, and which keys are left to be decided
   * @throws IllegalStateException if there is no cluster, if the other counts as a member still, if
   *     it is an old copy that was written to, whose operations have the numbers of others, or if
   *     this store does not hold what it holds, or leaves that to other members of a ring
   * @throws dev.tidemark.error.SchemaMismatchException if the stores' schemas differ for a key;
   *     what was made before stays, and is not made again
   */
  public ReissueReport reissue(Tidemark gone) {
    core.requireOpen();
    return core.cluster().reissue(gone.core());
  }

  /**
   * Takes nothing more from members that were retired, but what other members have of them, and
   * says so, durable: those of which this store has heard in its log, and those of which a member
   * says so that it does not know yet, since the operation may lie behind what it waits for. Not
   * from this replica itself, nor from one that it speaks to. Nothing where this store must not
   * write.
   *
   * @param peer who says so
   * @param retired whom that takes for retired
   * @param isSpokenTo whether a replica is one that this store speaks to
   */
  public void forsake(long peer, Set<Long> retired, LongPredicate isSpokenTo) {
    core.requireOpen();
    core.cluster().forsake(peer, retired, isSpokenTo);
  }

  /** Who they are, what they have seen, what may be forgotten, and who holds it up. */
  public MembershipReport report() {
    core.requireOpen();
    return core.cluster().members();
  }

  /**
   * Tells the others now what this store has seen, if one of them waits for that. It does so by
   * itself, every {@link dev.tidemark.storage.Options#stewardInterval} at most.
   *
   * @return whether one of them did
   */
  public boolean acknowledge() {
    core.requireOpen();
    return core.cluster().pulse();
  }
}
