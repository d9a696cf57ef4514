package dev.tidemark;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.TruncatedException;

/** What a store itself has of its replica's history, held against what a peer says that it saw. */
final class OwnChain {
  private final StoreCore core;

  OwnChain(StoreCore core) {
    this.core = core;
  }

  /**
   * Whether a peer has seen another history. False where the log does not tell: it begins above, or
   * the operation lies inside of what is folded.
   */
  boolean isAnother(OriginCoverage seen) {
    for (OriginCoverage ours : core.histories()) {
      if (ours.origin() == seen.origin() && ours.after() == seen.after()) {
        return ours.chainAfter() != seen.chainAfter();
      }
    }
    return seen.after() > 0
        && seen.after() < core.vector().get(seen.origin())
        && isAnotherInLog(seen);
  }

  private boolean isAnotherInLog(OriginCoverage seen) {
    long self = seen.origin();
    VersionVector before = core.vector().without(self);
    before = seen.after() > 1 ? before.with(self, seen.after() - 1) : before;
    long first = core.log().firstLacking(before, 0);
    try (CommitStream in = new CommitStream(core, core.holding(), first)) {
      while (in.next()) {
        if (in.isRun()) {
          for (OriginCoverage run : in.run().coverage()) {
            if (run.origin() == self && run.after() >= seen.after()) {
              return run.after() == seen.after() && run.chainAfter() != seen.chainAfter();
            }
          }
        } else {
          CommitHeader header = in.header();
          if (header.origin() == self && header.lastSequence() >= seen.after()) {
            // All of a commit is seen or nothing.
            return header.firstSequence() <= seen.after()
                && (header.lastSequence() != seen.after() || header.chain() != seen.chainAfter());
          }
        }
      }
    } catch (TruncatedException cut) {
      // The store lets go of it just now.
    }
    return false;
  }
}
