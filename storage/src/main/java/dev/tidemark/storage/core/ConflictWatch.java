package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.lattice.Loss;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.conflict.Conflict;
import dev.tidemark.storage.conflict.Conflicts;
import dev.tidemark.storage.overlay.PendingRun;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Progress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the values that are lost between a commit of another replica and what is here. A commit
 * comes after all that its maker had seen, so nothing here has seen one that is new; and it has
 * seen what is here exactly if its maker's vector says so. What the clock says decides who wins,
 * never whether there is a conflict.
 *
 * <p>Whoever has seen all that is here is not looked at; nor are keys to which nobody wrote of late
 * what the maker has not seen. Else what is pending is looked at first: mostly all that the maker
 * has not seen is there, and the state is not read. Guarded by the store's write lock.
 */
final class ConflictWatch {
  private final long self;
  private final Reads reads;
  private final Origins origins;
  private final Conflicts conflicts;
  private final RecentVectors vectors = new RecentVectors();
  private final RecentKeys keys = new RecentKeys();

  ConflictWatch(long self, Reads reads, Origins origins, Conflicts conflicts) {
    this.self = self;
    this.reads = reads;
    this.origins = origins;
    this.conflicts = conflicts;
  }

  /**
   * Looks at a commit that is logged and not joined yet; also at one that is replayed, since a
   * crash may have come before its conflicts were journalled.
   *
   * @param row its origin's, with this commit
   */
  void look(Commit commit, long position, OriginRow row) {
    CommitHeader header = commit.header();
    vectors.note(header, row.known());
    keys.begin(header.origin(), header.firstSequence() - 1);
    if (!mayLose(commit)) {
      return;
    }
    if (header.origin() != self) {
      long[] unseen = origins.unseenBy(header.origin(), row.known());
      if (unseen.length > 0) {
        compare(commit, position, row, unseen);
      }
    }
    for (Operation operation : commit.operations()) {
      if (isWatched(operation)) {
        keys.note(header.origin(), header.firstSequence() - 1, operation.key().hashCode());
      }
    }
  }

  private void compare(Commit commit, long position, OriginRow row, long[] unseen) {
    try {
      new Look(commit.header().origin(), row.known(), position, unseen).at(commit);
    } catch (RuntimeException unreadable) {
      // The commit is in the log: it is joined whether it can be compared or not.
      conflicts.missed(unreadable);
    }
  }

  /** A run was taken: what its operations had seen one by one is not known. */
  void forget() {
    vectors.forget();
    keys.forget();
  }

  private static boolean mayLose(Commit commit) {
    for (Operation operation : commit.operations()) {
      if (isWatched(operation)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWatched(Operation operation) {
    Namespace namespace = operation.namespace();
    return namespace.strategy().lattice().mayLose()
        && !namespace.equals(Namespace.SYSTEM)
        && !operation.isWithheld();
  }

  /** One commit being compared with what is here. */
  private final class Look {
    private final long origin;
    private final VersionVector known;
    private final long position;
    private final long[] unseen;
    private final Predicate<Dot> seen;
    private @Nullable Progress checked;
    private boolean foldedIsSeen;

    Look(long origin, VersionVector known, long position, long[] unseen) {
      this.unseen = unseen;
      this.origin = origin;
      this.known = known;
      this.position = position;
      this.seen = this::hasSeen;
    }

    /**
     * After a crash in the middle of a fold the state may hold what is only about to be replayed.
     * Its conflicts were journalled before it was folded.
     */
    private boolean hasSeen(Dot dot) {
      return dot.replica() == origin
          || known.get(dot.replica()) >= dot.sequence()
          || dot.sequence() > origins.row(dot.replica()).sequence();
    }

    /** What becomes visible together is compared together. */
    void at(Commit commit) {
      if (commit.operations().size() == 1) {
        Operation only = commit.operations().get(0);
        at(only.namespace(), only.key(), only.delta());
        return;
      }
      Map<Bytes, PendingRun> runs = new LinkedHashMap<>();
      for (Operation operation : commit.operations()) {
        if (isWatched(operation)) {
          runs.computeIfAbsent(operation.key(), key -> new PendingRun(operation.namespace()))
              .join(operation.delta());
        }
      }
      runs.forEach((key, run) -> at(run.namespace(), key, run.whole()));
    }

    private void at(Namespace namespace, Bytes key, KeyDelta arriving) {
      if (!mayHaveUnseen(key.hashCode())) {
        return;
      }
      Lattice lattice = namespace.strategy().lattice();
      boolean[] found = new boolean[1];
      lattice.losses(reads.pending(namespace, key), arriving, seen, loss -> found[0] = true);
      // In this order: what was folded before the first look is known to be so now.
      if (found[0] || !hasSeenAllFolded()) {
        KeyView live = new LiveView(reads, namespace, key);
        lattice.losses(live, arriving, seen, loss -> conflicts.add(conflict(key, loss)));
      }
    }

    private boolean mayHaveUnseen(int hash) {
      for (long replica : unseen) {
        if (keys.mayHave(replica, known.get(replica), hash)) {
          return true;
        }
      }
      return false;
    }

    private boolean hasSeenAllFolded() {
      Progress folded = reads.folded();
      if (folded != checked) {
        checked = folded;
        foldedIsSeen = true;
        folded
            .origins()
            .forEach(
                (replica, row) ->
                    foldedIsSeen &= replica == origin || known.get(replica) >= row.sequence());
      }
      return foldedIsSeen;
    }

    private Conflict conflict(Bytes key, Loss loss) {
      return new Conflict(0, position, key, loss.field(), side(loss.winner()), side(loss.loser()));
    }

    private Conflict.Side side(Loss.Side side) {
      Dot operation = side.version().dot();
      return new Conflict.Side(
          operation,
          side.version().stamp(),
          side.value(),
          operation.replica() == origin
              ? known.with(origin, operation.sequence())
              : vectors.of(operation));
    }
  }
}
