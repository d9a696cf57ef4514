package dev.tidemark;

import dev.tidemark.engine.interest.Interest;
import dev.tidemark.storage.antientropy.Comparison;
import dev.tidemark.storage.antientropy.Moment;
import dev.tidemark.storage.antientropy.StateMoment;
import dev.tidemark.storage.core.KeyRepair;
import dev.tidemark.storage.core.RepairReport;
import dev.tidemark.storage.core.SnapshotKeeper;
import dev.tidemark.storage.core.StoreCore;
import java.util.Optional;

/**
 * Anti-entropy: finds keys that are not what was joined into them, and puts them right. A store
 * that has joined the same operations as another means the same; where it does not, a disk or a
 * program has lost or altered something. Which side, is told by the digest that is kept with each
 * key, and by what a store's own snapshot and log make of the key. A damaged key is dropped with
 * all that it says of what it has seen, and replaced as a whole; copies are never joined, since
 * what one has lost would pass for removed in the other.
 *
 * <p>Updates and reads go on. One repair of a store runs at a time.
 */
public final class Repairs {
  private final SnapshotKeeper snapshots;
  private final KeyRepair keys;

  Repairs(StoreCore core, SnapshotKeeper snapshots) {
    this.snapshots = snapshots;
    this.keys = core.upkeep().keyRepair(snapshots);
  }

  /**
   * Looks at every key by itself; takes as long as reading the whole state, and a pass over the log
   * if anything is wrong.
   *
   * @throws dev.tidemark.error.DamagedException if a block of the state cannot be read: the next
   *     open builds the state anew
   */
  public synchronized RepairReport alone() {
    return keys.alone();
  }

  /**
   * Compares this store with another, and puts right what is damaged in this one.
   *
   * @return what was found; empty if they have not joined the same now, so that a difference would
   *     say nothing
   */
  public Optional<RepairReport> with(Moment theirs) {
    return with(theirs, Interest.ALL, () -> {});
  }

  /**
   * The same with a store that holds the keys of an interest: what both hold is compared.
   *
   * @param pace is run for each key that is looked at; may throw to end the work
   */
  public synchronized Optional<RepairReport> with(Moment theirs, Interest interest, Runnable pace) {
    try (StateMoment own = moment(interest, pace)) {
      return Comparison.isPossible(own, theirs) ? Optional.of(with(own, theirs)) : Optional.empty();
    }
  }

  private RepairReport with(StateMoment own, Moment theirs) {
    RepairReport report = keys.with(own, theirs);
    if (report.fromPeer() > 0) {
      // What was taken is not in the log. From here on a snapshot stands for it.
      snapshots.take();
    }
    return report;
  }

  /**
   * This store as it is now, for another to be compared with. It holds a moment of the state: close
   * it soon.
   */
  public StateMoment moment() {
    return moment(Interest.ALL, () -> {});
  }

  /**
   * The same for a store that holds the keys of an interest.
   *
   * @param pace is run for each key that is looked at; may throw to end the work
   */
  public StateMoment moment(Interest interest, Runnable pace) {
    return keys.moment(interest, pace);
  }
}
