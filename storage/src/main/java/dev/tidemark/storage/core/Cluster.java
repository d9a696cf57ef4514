package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.storage.membership.MembershipReport;
import dev.tidemark.storage.membership.RingReport;
import dev.tidemark.type.Durability;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/** What a store tells its cluster of itself, and hears from it: who belongs, and who owns what. */
public final class Cluster {
  private final StoreCore core;
  private final Committer committer;

  Cluster(StoreCore core, Committer committer) {
    this.core = core;
    this.committer = committer;
  }

  /** Who belongs to it; guarded by the write lock, which a commit holds. */
  public Membership membership() {
    return committer.membership();
  }

  /** Who owns what; guarded by the write lock. */
  public RingKeeper ring() {
    return committer.ring();
  }

  /** Which keys the store is to hold. */
  public Interest wanted() {
    hear();
    return core.gate().wanted();
  }

  /**
   * Refuses a key, before an update of it is prepared.
   *
   * @throws dev.tidemark.error.OutsideInterestException if the store takes no updates of it
   */
  public void requireWritable(Bytes key) {
    hear();
    core.gate().requireWritable(key);
  }

  private void hear() {
    if (ring().isNews()) {
      core.locked(
          () -> {
            ring().refresh();
            return Boolean.TRUE;
          });
    }
  }

  /** Begins to follow what the log tells, now that it is replayed. */
  void follow() {
    core.locked(
        () -> {
          committer.follow();
          return Boolean.TRUE;
        });
  }

  /** Logs what even a store says that is no member: of itself, and of who the members are. */
  public long speak(Consumer<Transaction> body) {
    core.refuseInCommit("change members", "do it before or after");
    return core.commitOwn(Durability.SYNCED, () -> committer.speak(body));
  }

  /** From which position on the log must hold what the members have not said that they have. */
  long lowestNeeded() {
    return core.locked(
        () -> Math.min(membership().lowestNeeded(core.log().segments()), lowestUnspread()));
  }

  /** From which position on the log must hold commits, and no runs of them. */
  long lowestUnspread() {
    // Who gives keys away holds less soon, and a run from before would be of no use to others then.
    return core.interest().isAll() && !core.gate().isShared()
        ? LogHolds.NONE
        : core.locked(() -> committer.lowestUnspread(core.log().segments()));
  }

  /** Makes anew, as its own updates, what only a store has that must not go on under its id. */
  public ReissueReport reissue(StoreCore gone) {
    return new Reissuing(core, gone).run();
  }

  /** Who belongs to it, what may be forgotten, and who holds it up. */
  public MembershipReport members() {
    return core.locked(membership()::report);
  }

  /** Which ring there is, and how far who is with it. */
  public RingReport ringReport() {
    return core.locked(() -> ring().report(core.state()::freed));
  }

  /** Tells the other members what this one has seen, if one waits for that; whether it did. */
  public boolean pulse() {
    return core.locked(membership()::isPulseDue) && said(membership()::pulse);
  }

  /**
   * Takes nothing more from members that were retired, as far as this store has heard of it or a
   * peer says so: see {@link Membership#forsake}. All that it says survives a power loss then.
   */
  public void forsake(long peer, Set<Long> told, LongPredicate isSpokenTo) {
    if (core.locked(membership()::maySpeak)) {
      said(batch -> membership().forsake(batch, peer, told, isSpokenTo));
      core.sync();
    }
  }

  /**
   * Does what is due for the ring: says how far this store is, lets go of what it does not need to
   * hold any more; whether there was anything.
   */
  public boolean advance() {
    boolean isAny = false;
    while (core.locked(ring()::isToSpeak) ? said(ring()::speak) : core.locked(committer::letGo)) {
      isAny = true;
    }
    return isAny;
  }

  private boolean said(Words words) {
    boolean[] said = new boolean[1];
    core.commit(null, batch -> said[0] = words.say(batch));
    return said[0];
  }

  /** Says something, if it is still due. */
  private interface Words {
    boolean say(Transaction batch);
  }
}
