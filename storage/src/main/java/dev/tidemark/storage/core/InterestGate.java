package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.HandOver;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.state.StateStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which keys a store holds, which it is to hold, of which it takes updates, and whether it lets
 * others in. Changed under the write lock, read by anybody.
 */
public final class InterestGate {
  private final boolean enforced;
  private volatile Interest asked;
  private volatile Holding holding;
  private volatile @Nullable HandOver following;
  private volatile boolean freed;

  /**
   * A gate.
   *
   * @param interest the keys of which the store has all that its vector says
   * @param enforced whether what is of another key is refused, here and from others
   */
  public InterestGate(Interest interest, boolean enforced) {
    this(interest, interest, enforced);
  }

  private InterestGate(Interest interest, Interest asked, boolean enforced) {
    this.holding = new Holding(interest, 0);
    this.asked = asked;
    this.enforced = enforced;
  }

  /**
   * The gate of a store that is being opened, whose interest is written down before anything is
   * taken under it. What a store holds may become less now; for more it has to get that first. What
   * a member of a ring is to hold is known once its log is replayed.
   *
   * @throws StoreUnusableException if it is asked for other keys than it holds
   */
  static InterestGate open(StateStore state, OpLog log, Options options) {
    Interest held = state.interest();
    Interest asked = options.interest();
    boolean fresh = log.appendedPosition() == 0 && state.progress().applied() == 0;
    boolean isForRing = options.ringMember() != null && !fresh;
    boolean isToWiden = false;
    if (asked == null || isForRing) {
      asked = held;
    } else if (!fresh && !held.covers(asked)) {
      requireWider(held, asked);
      isToWiden = true;
    } else if (!asked.equals(held)) {
      state.hold(asked);
    }
    InterestGate gate =
        new InterestGate(isToWiden ? held : asked, asked, options.interestEnforced());
    gate.freed = state.freed() != null;
    return gate;
  }

  /** It is to hold other keys than it does, which it has to get first. */
  void ask(Interest wider) {
    requireWider(interest(), wider);
    asked = wider;
  }

  private static void requireWider(Interest held, Interest asked) {
    if (!asked.covers(held)) {
      throw new StoreUnusableException(
          Problem.of("store holds other keys than it is to hold")
              .with("asked", asked)
              .with("held", held)
              .advise("open it for both until it holds both, and then for what is to be left"));
    }
  }

  /** The keys that it is to hold: more than it does where others have still to give them. */
  Interest wanted() {
    HandOver ring = following;
    Interest wanted = ring == null ? asked : ring.wanted();
    Interest held = interest();
    return held.covers(wanted) ? held : wanted;
  }

  /** The keys of which it has all that its vector says. */
  Interest interest() {
    return holding.interest();
  }

  /** What it holds now. */
  Holding holding() {
    return holding;
  }

  /** It has all of more keys now; called under the write lock. */
  void widened(Interest wider) {
    holding = new Holding(wider, holding.narrowings());
  }

  /** It lets go of keys: of others it takes all from now on; called under the write lock. */
  void narrowed(Interest narrower) {
    holding = new Holding(narrower, holding.narrowings() + 1);
    asked = narrower;
  }

  /**
   * What is left of keys that it does not hold goes, and with it what it did to them: an update
   * would say of all that was removed that it had seen it and found nothing. So it takes no updates
   * of such keys any more, whatever it is opened for, until it holds them.
   */
  void free() {
    freed = true;
  }

  /** It follows a ring, or none if null; called under the write lock. */
  void follow(@Nullable HandOver ring) {
    following = ring;
  }

  /** Whether it follows a ring with others. */
  boolean isShared() {
    HandOver ring = following;
    return ring != null && ring.ring().participants().size() > 1;
  }

  /**
   * Refuses an update of a key by this store's user.
   *
   * @throws OutsideInterestException if other members take those, or it is outside and the gate is
   *     enforced
   */
  void requireWritable(Bytes key) {
    HandOver ring = following;
    if (ring == null && freed) {
      requireHeld(key);
    } else if (ring == null) {
      require(key);
    } else if (!ring.mayWrite(key)) {
      List<String> owners = ring.ring().owners(key);
      throw new OutsideInterestException(
          Problem.of("store takes no updates of the key")
              .with("key", key)
              .with("owners", owners)
              .with("epoch", ring.ring().epoch())
              .advise("ask one of its owners"),
          owners);
    }
  }

  /** The keys that readers are shown: a member of a ring has no more than remains of others. */
  Interest shown() {
    return following == null && !freed ? Interest.ALL : interest();
  }

  /**
   * Refuses to show what is left of a key that other members hold.
   *
   * @throws OutsideInterestException if this store follows a ring, or has removed what was left of
   *     keys, and does not hold the key
   */
  void requireShown(Bytes key) {
    HandOver ring = following;
    if (ring == null && freed) {
      requireHeld(key);
    } else if (ring != null && !interest().covers(key)) {
      List<String> owners = ring.ring().owners(key);
      throw new OutsideInterestException(
          Problem.of("store does not hold the key")
              .with("key", key)
              .with("owners", owners)
              .with("epoch", ring.ring().epoch())
              .advise("ask one of its owners"),
          owners);
    }
  }

  /**
   * Refuses a key that is let in nowhere.
   *
   * @throws OutsideInterestException if it is outside and the gate is enforced
   */
  void require(Bytes key) {
    if (enforced) {
      requireHeld(key);
    }
  }

  private void requireHeld(Bytes key) {
    if (!interest().covers(key)) {
      throw new OutsideInterestException(
          Problem.of("store does not hold the key")
              .with("key", key)
              .with("held", interest())
              .advise("ask a store that does"));
    }
  }

  /**
   * A commit as the store takes it: without what others did to keys that it does not hold. A state
   * says of a key that it knows all of a replica up to its newest operation on it, so of some
   * operations on a key it would claim others that never came. Where the gate is enforced such a
   * commit stays as it is, to be refused.
   */
  byte[] let(byte[] commit) {
    return enforced ? commit : PartialCommit.of(commit, interest());
  }

  /**
   * Whether the store takes what others did to a key.
   *
   * @throws OutsideInterestException if it does not and the gate is enforced
   */
  boolean lets(Bytes key) {
    require(key);
    return interest().covers(key);
  }

  /** An operation of which a store lacks what it is to hold; null if there is none. */
  public static @Nullable Operation owed(Commit commit, Interest interest) {
    for (Operation operation : commit.operations()) {
      if (operation.isOwed() && interest.covers(operation.key())) {
        return operation;
      }
    }
    return null;
  }

  /**
   * Refuses a log that has less than the state says.
   *
   * @throws StoreUnusableException naming a key
   */
  void requireReplayed(Commit commit, long position) {
    Operation owed = owed(commit, interest());
    if (owed != null) {
      throw lacking(owed.key(), position);
    }
  }

  /** The same of a record of a run that replaces: of a key that is held it may not take all. */
  void requireReplayed(RunRecord record, long position) {
    if (record.isNothing() && interest().covers(record.key())) {
      throw lacking(record.key(), position);
    }
  }

  private StoreUnusableException lacking(Bytes key, long position) {
    return new StoreUnusableException(
        Problem.of("log lacks what the store is to hold")
            .with("position", position)
            .with("key", key)
            .with("held", interest())
            .advise("its state was lost: open it with the interest that it had"));
  }
}
