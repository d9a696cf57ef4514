package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.antientropy.Comparison;
import dev.tidemark.storage.antientropy.Comparison.Difference;
import dev.tidemark.storage.antientropy.KeyCopy;
import dev.tidemark.storage.antientropy.KeyMark;
import dev.tidemark.storage.antientropy.KeyRebuild;
import dev.tidemark.storage.antientropy.LogJoin;
import dev.tidemark.storage.antientropy.Moment;
import dev.tidemark.storage.antientropy.StateMoment;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.storage.state.KeyLeaf;
import dev.tidemark.storage.state.KeyRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds keys of the state that are not what was joined into them, and puts them right: of the
 * store's own log where that is whole, else of a peer that has joined the same and of the own
 * snapshot, and where they differ, as the peer says. It never joins one copy into the other, since
 * what one has lost would pass for removed. Where nothing tells which copy is right, both stay as
 * they are, and are reported.
 *
 * <p>A replacement is one batch of the state, and is not logged. A crash takes it as a whole or not
 * at all, and what follows in the log is joined into either.
 *
 * <p>Memory: what {@value #KEYS_AT_A_TIME} keys take together, at most {@link
 * Moment#MOST_KEY_BYTES} unless it is one key. Use it from one thread at a time.
 */
public final class KeyRepair {
  private static final int KEYS_AT_A_TIME = 64;

  /** Nothing is to be had of a peer that differs in so many keys for no reason. */
  private static final long MOST_UNEXPLAINED = 4096;

  private final StoreCore core;
  private final Committer committer;
  private final OwnHistory history;
  private final Background background;

  KeyRepair(StoreCore core, Committer committer, Background background, SnapshotKeeper snapshots) {
    this.core = core;
    this.committer = committer;
    this.history = new OwnHistory(core.log(), snapshots, core::requireOpen);
    this.background = background;
  }

  /**
   * The store as it is now, to be compared with another, or by another, as to the keys that both
   * hold. Close it soon.
   *
   * @param theirs the keys that the other holds
   * @param pace is run for each key that is looked at; may throw to end the work
   */
  public StateMoment moment(Interest theirs, Runnable pace) {
    Interest ours = core.interest();
    return moment(key -> ours.covers(key) && theirs.covers(key), pace);
  }

  private StateMoment moment(Predicate<Bytes> compared, Runnable pace) {
    core.requireWritable();
    core.refuseInCommit("repair", "repair before or after");
    core.foldPending();
    Runnable each =
        () -> {
          core.requireOpen();
          pace.run();
        };
    return background.betweenFolds(
        () -> new StateMoment(core.state(), core.state().pin(), compared, each));
  }

  /** Puts right what is not what its own digest says, as far as the own history reaches back. */
  public RepairReport alone() {
    Findings findings = new Findings();
    try (StateMoment own = moment(key -> true, () -> {});
        LogHolds.Hold hold = core.holds().add(() -> own.position() + 1)) {
      for (Namespace namespace : core.schema().namespaces()) {
        KeyRange rest = KeyRange.ALL;
        while (rest != null) {
          List<KeyMark> found = own.unsound(namespace, rest, KEYS_AT_A_TIME);
          List<Difference> damaged = new ArrayList<>();
          for (KeyMark mark : found) {
            damaged.add(new Difference(namespace, mark.key(), mark, null, own.floor()));
          }
          new Judgement(own, null, findings).of(damaged);
          rest =
              found.size() < KEYS_AT_A_TIME ? null : rest.after(found.get(found.size() - 1).key());
        }
      }
    }
    return findings.report();
  }

  /**
   * Puts right in what this store differs from another; ends early where too much of it cannot be
   * explained.
   *
   * @param own a moment of this store
   * @param theirs one of the other, of an equal vector
   * @throws MalformedException if the other has forgotten what nobody has said may be
   */
  public RepairReport with(StateMoment own, Moment theirs) {
    requireTold(theirs.floor());
    Findings findings = new Findings();
    List<Difference> batch = new ArrayList<>();
    Judgement judgement = new Judgement(own, theirs, findings);
    try (LogHolds.Hold hold = core.holds().add(() -> own.position() + 1)) {
      new Comparison(
              own,
              theirs,
              difference -> {
                batch.add(difference);
                if (batch.size() == KEYS_AT_A_TIME) {
                  judgement.of(batch);
                  batch.clear();
                }
                return findings.theirs + findings.quarantined < MOST_UNEXPLAINED;
              })
          .run(core.schema());
      judgement.of(batch);
    }
    return findings.report();
  }

  /**
   * With a key its floor is taken, and what lies below that counts as forgotten in all keys. At
   * equal vectors both stores have heard the same of it.
   */
  private void requireTold(Floor theirs) {
    Floor told = core.locked(committer.membership()::told);
    if (!told.join(theirs).equals(told)) {
      throw new MalformedException(
          Problem.of("peer has forgotten what nobody has said may be")
              .with("told", told)
              .with("theirs", theirs));
    }
  }

  /** What becomes of keys that are not as they should be. */
  private final class Judgement {
    private final StateMoment own;
    private final @Nullable Moment theirs;
    private final Findings findings;

    Judgement(StateMoment own, @Nullable Moment theirs, Findings findings) {
      this.own = own;
      this.theirs = theirs;
      this.findings = findings;
    }

    void of(List<Difference> differences) {
      Map<Bytes, Difference> byKey = new HashMap<>();
      differences.forEach(difference -> byKey.put(difference.key(), difference));
      Map<Bytes, KeyRebuild> rebuilt = new HashMap<>();
      history.rebuild(differences, own.position()).forEach(key -> rebuilt.put(key.key(), key));
      for (Difference difference : differences) {
        findings.differences++;
        judge(difference, rebuilt.get(difference.key()));
      }
    }

    private void judge(Difference difference, @Nullable KeyRebuild rebuilt) {
      KeyMark mine = difference.own();
      KeyMark other = difference.theirs();
      boolean mineIsSound = mine == null || mine.isSound();
      if (rebuilt != null && isRight(difference, rebuilt, mineIsSound)) {
        settle(difference, rebuilt, true);
      } else if (mineIsSound) {
        if (other != null && !other.isSound()) {
          findings.theirs++;
        } else {
          findings.leave(difference.key(), "both copies are sound, and differ");
        }
      } else if (other == null || !other.isSound()) {
        findings.leave(difference.key(), "damaged, and nobody has a sound copy");
      } else {
        takeTheirs(difference);
      }
    }

    /** Whether what the own history makes of a key is to be believed, and is not what is stored. */
    private boolean isRight(Difference difference, KeyRebuild rebuilt, boolean mineIsSound) {
      KeyLeaf leaf = rebuilt.leaf(difference.floor());
      KeyMark other = difference.theirs();
      if (rebuilt.isOfWholeLog()) {
        // The state is the join of that, and every byte of it is checked: a peer's copy is only
        // known to be what that peer says.
        return !mineIsSound || !isSame(leaf, difference.own());
      }
      if (!mineIsSound) {
        // The peer's word counts for more than a snapshot's, which may be as damaged.
        return other == null || !other.isSound() || isSame(leaf, other);
      }
      boolean otherIsSound = other == null || other.isSound();
      return otherIsSound && isSame(leaf, other) && !isSame(leaf, difference.own());
    }

    private static boolean isSame(@Nullable KeyLeaf leaf, @Nullable KeyMark mark) {
      Bytes made = leaf == null ? null : leaf.hash();
      Bytes said = mark == null ? null : mark.hash();
      return Objects.equals(made, said);
    }

    private void takeTheirs(Difference difference) {
      Moment peer = theirs;
      KeyCopy copy =
          peer == null ? null : peer.copy(difference.namespace().prefix(), difference.key());
      KeyMark promised = difference.theirs();
      if (copy == null || promised == null || !isAsPromised(difference, copy, promised)) {
        findings.leave(difference.key(), "damaged, and the peer does not give its copy");
        return;
      }
      KeyRebuild taken =
          new KeyRebuild(difference.namespace(), difference.key(), copy, own.position());
      settle(difference, taken, false);
    }

    private boolean isAsPromised(Difference difference, KeyCopy copy, KeyMark promised) {
      try {
        difference.namespace().strategy().lattice().validate(copy.state());
      } catch (MalformedException refused) {
        return false;
      }
      KeyRebuild key =
          new KeyRebuild(difference.namespace(), difference.key(), copy, own.position());
      return copy.floor().admits(own.vector()) && isSame(key.leaf(difference.floor()), promised);
    }

    private void settle(Difference difference, KeyRebuild whole, boolean ofLog) {
      if (!replace(whole)) {
        findings.leave(difference.key(), "too large to be replaced");
      } else if (ofLog) {
        findings.fromLog++;
      } else {
        findings.fromPeer++;
      }
    }
  }

  /** Whether the key was not too large, with what was logged of it meanwhile. */
  private boolean replace(KeyRebuild key) {
    // Most of it while others fold.
    catchUp(key);
    boolean[] done = new boolean[1];
    correct(
        batch -> {
          catchUp(key);
          if (!key.isTooLarge()) {
            KeyDelta whole = key.whole();
            Floor floor = key.floor();
            batch.floor(floor);
            batch.replace(key.namespace(), key.key(), whole);
            done[0] = true;
          }
        });
    return done[0];
  }

  /** No commit may build on what was there. */
  private void correct(Consumer<FoldBatch> change) {
    core.locked(
        () -> {
          background.correct(change);
          committer.forgetHot();
          return Boolean.TRUE;
        });
  }

  private void catchUp(KeyRebuild key) {
    LogJoin.advance(core.log(), List.of(key), core.state().progress().applied(), core::requireOpen);
  }

  private static final class Findings {
    private long differences;
    private long fromLog;
    private long fromPeer;
    private long theirs;
    private long quarantined;
    private final List<RepairReport.Quarantined> left = new ArrayList<>();

    void leave(Bytes key, String reason) {
      quarantined++;
      if (left.size() < RepairReport.MOST_LEFT) {
        left.add(new RepairReport.Quarantined(key, reason));
      }
    }

    RepairReport report() {
      return new RepairReport(
          differences, fromLog, fromPeer, theirs, quarantined, List.copyOf(left));
    }
  }
}
