package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.state.OriginRow;
import java.util.List;

/**
 * What a run of another store must be before it is taken: of each origin it goes on at or below
 * what is known here, its causes are here or in it, it is part of the history that is known here,
 * and it knows no more of this replica than the replica itself. Decides and changes nothing.
 */
final class RunRules {
  private final DriftBound drift;
  private final long self;

  RunRules(Options options, long self) {
    this.drift = new DriftBound(options);
    this.self = self;
  }

  /** Whether it holds an operation that is not here yet. */
  static boolean isNew(List<OriginCoverage> coverage, Origins origins) {
    return coverage.stream().anyMatch(of -> of.after() > origins.row(of.origin()).sequence());
  }

  /**
   * Refuses what cannot be taken.
   *
   * @throws RefusedRunException naming what is wrong
   */
  void check(List<OriginCoverage> coverage, Origins origins, long sender) {
    checkRoom(coverage, origins);
    VersionVector after = Coverage.after(coverage);
    for (OriginCoverage of : coverage) {
      OriginRow row = origins.row(of.origin());
      checkOwn(of, row);
      checkHistory(of, row);
      checkCauses(of, after, origins);
      if (of.origin() == sender && drift.isExceeded(of.lastStamp())) {
        throw new RefusedRunException(
            drift.explain(refused("run is from the future", of), of.lastStamp()));
      }
    }
  }

  /**
   * Refuses a run that says that more was forgotten than it has seen: whoever took it would let
   * nobody read on behind it who has not seen the same.
   */
  static void checkFloor(List<OriginCoverage> coverage, Floor floor) {
    if (!Coverage.after(coverage).dominates(floor.seen())) {
      throw new RefusedRunException(
          Problem.of("run forgets what it has not seen")
              .with("forgotten", floor.seen())
              .advise("do not take anything from who sends it"));
    }
  }

  private static void checkRoom(List<OriginCoverage> coverage, Origins origins) {
    long unknown = coverage.stream().filter(of -> origins.row(of.origin()).sequence() == 0).count();
    if (unknown > 0 && origins.size() + unknown > Limits.MAX_REPLICAS) {
      throw new RefusedRunException(
          Problem.of("run is of more replicas than a store takes")
              .with("known", origins.size())
              .with("unknown", unknown)
              .with("limit", Limits.MAX_REPLICAS)
              .advise("somebody makes up replicas: find who, and retire it"));
    }
  }

  private void checkOwn(OriginCoverage of, OriginRow row) {
    if (of.origin() == self && of.after() > row.sequence()) {
      throw new RefusedRunException(
          refused("run knows more of this replica than the replica itself", of)
              .with("made", row.sequence())
              .advise(
                  "this store was restored or copied behind its peers' backs; give it a new replica id"));
    }
  }

  private static void checkHistory(OriginCoverage of, OriginRow row) {
    if (of.before() > row.sequence()) {
      throw new RefusedRunException(
          refused("run leaves a gap in its origin's order", of)
              .with("seen", row.sequence())
              .advise("send what lies before first, or a whole state"));
    }
    boolean forked =
        (of.before() == row.sequence() && of.chainBefore() != row.chain())
            || (of.after() == row.sequence() && of.chainAfter() != row.chain());
    if (forked) {
      throw RefusedRunException.ofFork(
          refused("run belongs to another history of its origin", of)
              .with("seen", row.sequence())
              .with("expected", Long.toHexString(row.chain()))
              .advise("the origin's history has forked, or the run was altered on its way"));
    }
    if (of.after() > row.sequence() && of.lastStamp() <= row.lastStamp()) {
      throw new RefusedRunException(
          refused("run is stamped before its origin's last", of)
              .with("stamp", of.lastStamp())
              .with("last", row.lastStamp())
              .advise("the origin's clock has gone back; nothing it makes can be ordered"));
    }
  }

  private static void checkCauses(OriginCoverage of, VersionVector after, Origins origins) {
    VersionVector causes = of.summary();
    for (int i = 0; i < causes.size(); i++) {
      long cause = causes.replicaAt(i);
      long known = Math.max(origins.row(cause).sequence(), after.get(cause));
      if (known < causes.sequenceAt(i)) {
        throw new RefusedRunException(
            refused("run comes before its causes", of)
                .with("cause", ReplicaId.format(cause) + "#" + causes.sequenceAt(i))
                .with("seen", known)
                .advise("send runs in the order of the sender's log"));
      }
    }
  }

  private static Problem refused(String title, OriginCoverage of) {
    return Problem.of(title)
        .with("origin", ReplicaId.format(of.origin()))
        .with("before", of.before())
        .with("after", of.after());
  }
}
