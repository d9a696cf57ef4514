package dev.tidemark.storage.repair;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.Intake;
import dev.tidemark.storage.core.InterestGate;
import dev.tidemark.storage.core.Origins;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.SalvageCursor;
import dev.tidemark.storage.log.SalvageCursor.Found;
import dev.tidemark.storage.log.SalvagedLog;
import dev.tidemark.storage.log.SalvagedRun;
import dev.tidemark.storage.state.OriginRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the commits that were found can be taken, in order of positions, by the rule
 * that commits of peers are held to: next of its origin, its causes taken, its chain of hashes
 * unbroken. So what lies behind a hole is taken where nothing in the hole is missing to it.
 */
final class Admission {
  private final SalvagedLog log;
  private final Intake intake;
  private final Origins origins;
  private final boolean catalogueCounts;
  private final Map<Long, Long> known = new TreeMap<>(Long::compareUnsigned);

  Admission(
      Schema schema,
      Interest interest,
      long self,
      SalvagedLog log,
      boolean catalogueCounts,
      Map<Long, OriginRow> from) {
    this.log = log;
    this.catalogueCounts = catalogueCounts;
    this.intake = new Intake(schema, new InterestGate(interest, false), Options.defaults(), self);
    this.origins = new Origins(self, from);
  }

  /** A commit that is taken, with its origin's row after it. */
  record Taken(Commit commit, byte[] bytes, OriginRow row) {}

  /** Judges what was found at a position; null if nothing can be taken. */
  @Nullable Taken judge(SalvageCursor cursor, Findings findings) {
    List<Found> acceptable = new ArrayList<>();
    List<RepairEvent.LeftOut> refused = new ArrayList<>();
    for (Found found : cursor.found()) {
      String why = refusal(cursor.position(), found);
      if (why == null) {
        acceptable.add(found);
      } else {
        refused.add(leftOut(cursor.position(), found, why, true));
      }
    }
    if (acceptable.size() > 1) {
      for (Found found : acceptable) {
        String why = "another commit claims the same position";
        refused.add(leftOut(cursor.position(), found, why, true));
      }
    }
    Taken taken = acceptable.size() == 1 ? take(acceptable.get(0)) : null;
    for (RepairEvent.LeftOut event : refused) {
      if (taken == null) {
        known.merge(event.origin(), event.last(), Math::max);
      }
      findings.add(taken == null ? event : asDuplicate(event));
    }
    return taken;
  }

  /** Whether a folded segment builds on what is taken, and brings something that is not. */
  boolean admits(SalvagedRun run) {
    boolean brings = false;
    for (OriginCoverage of : run.coverage()) {
      OriginRow row = origins.row(of.origin());
      boolean forked = of.before() == row.sequence() && of.chainBefore() != row.chain();
      if (of.before() > row.sequence() || forked) {
        return false;
      }
      brings |= of.after() > row.sequence();
    }
    return brings;
  }

  /** Takes a folded segment; gives the rows that it changes. */
  SortedMap<Long, OriginRow> take(SalvagedRun run) {
    SortedMap<Long, OriginRow> rows = origins.behind(run.coverage());
    origins.advance(rows);
    for (OriginCoverage of : run.coverage()) {
      know(of.origin(), of.after());
      VersionVector summary = of.summary();
      for (int i = 0; i < summary.size(); i++) {
        know(summary.replicaAt(i), summary.sequenceAt(i));
      }
    }
    return rows;
  }

  private Taken take(Found found) {
    Commit commit = found.commit();
    CommitHeader header = commit.header();
    OriginRow row = origins.advance(header);
    VersionVector summary = header.summary();
    for (int i = 0; i < summary.size(); i++) {
      known.merge(summary.replicaAt(i), summary.sequenceAt(i), Math::max);
    }
    return new Taken(commit, found.bytes(), row);
  }

  private @Nullable String refusal(long position, Found found) {
    Commit commit = found.commit();
    String denial = catalogueCounts ? log.denial(position, commit.header()) : null;
    if (denial != null) {
      return denial;
    }
    try {
      intake.check(commit, found.bytes(), origins, 0);
      return null;
    } catch (TidemarkException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static RepairEvent.LeftOut leftOut(
      long position, Found found, String why, boolean isLoss) {
    Commit commit = found.commit();
    CommitHeader header = commit.header();
    return new RepairEvent.LeftOut(
        found.file(),
        found.start(),
        found.end(),
        position,
        header.origin(),
        header.firstSequence(),
        header.lastSequence(),
        commit.operations().stream().map(Operation::key).distinct().toList(),
        why,
        isLoss);
  }

  /** Also found, and not the one. */
  private static RepairEvent.LeftOut asDuplicate(RepairEvent.LeftOut event) {
    return new RepairEvent.LeftOut(
        event.file(),
        event.from(),
        event.to(),
        event.position(),
        event.origin(),
        event.first(),
        event.last(),
        event.keys(),
        event.why(),
        false);
  }

  /** Remembers that an origin is known to have made operations up to a sequence. */
  void know(long origin, long sequence) {
    known.merge(origin, sequence, Math::max);
  }

  /** How far each origin is. */
  OriginRow row(long origin) {
    return origins.row(origin);
  }

  /** Tells of the operations that are known of and were not taken. */
  void tellMissing(Findings findings) {
    known.forEach(
        (origin, last) -> {
          long taken = origins.row(origin).sequence();
          if (last > taken) {
            findings.add(new RepairEvent.LostSequences(origin, taken + 1, last));
          }
        });
  }
}
