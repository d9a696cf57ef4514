package dev.tidemark.storage.inspect;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.inspect.Finding.Part;
import dev.tidemark.storage.log.Damage;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Progress;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the whole log: every checksum, every segment against the catalogue, every commit against
 * its format, and every origin's commits against each other (sequences, stamps, chain of hashes).
 */
final class LogCheck {
  private static final OriginRow NOTHING = new OriginRow(0, 0, ChainHash.NONE, VersionVector.EMPTY);

  private final LogReader log;
  private final Findings findings;
  private final Map<Long, OriginRow> rows = new HashMap<>();
  private Map<Long, OriginRow> rowsAtApplied = Map.of();
  private long bytes;
  private long commits;
  private long operations;
  private long records;
  private boolean foldedPastApplied;
  private boolean readable = true;
  private boolean told;
  private @Nullable Progress start;

  /**
   * A check of a log.
   *
   * @param start how far each origin was at some position of it, or null if that is not known
   */
  LogCheck(LogReader log, @Nullable Progress start, Findings findings) {
    this.log = log;
    this.start = start;
    this.findings = findings;
  }

  /** Checks everything; remembers how far each origin was at a position. */
  void run(long appliedPosition) {
    String refusal = log.refusal().map(Throwable::getMessage).orElse("");
    if (!refusal.isEmpty()) {
      findings.add(Part.LOG, "", "a log that opens", refusal);
      readable = false;
      told = true;
    }
    if (log.durableMark().isEmpty() && log.lastPosition() > 0) {
      findings.add(Part.MARK, "durable mark", "a slot that is intact", "none");
    }
    for (SegmentInfo segment : log.segments()) {
      check(segment, refusal);
    }
    try (LogCursor cursor = log.cursor(log.firstPosition())) {
      while (cursor.next()) {
        startBefore(cursor.firstPosition(), appliedPosition);
        if (cursor.isRun()) {
          checkRun(cursor);
          foldedPastApplied |=
              cursor.firstPosition() <= appliedPosition && appliedPosition < cursor.position();
        } else {
          check(cursor);
        }
        startBefore(cursor.position() + 1, appliedPosition);
        if (cursor.position() == appliedPosition) {
          rowsAtApplied = new TreeMap<>(rows);
        }
      }
    } catch (TidemarkException e) {
      // What lies behind it cannot be reached. Mostly the check of its segment has told it, but
      // not if the segment was there then, and is gone now.
      readable = false;
      if (!told) {
        findings.add(Part.LOG, "", "a log that can be read to its end", e.getMessage());
      }
    }
    startBefore(Long.MAX_VALUE, appliedPosition);
  }

  /** Behind the position at which it is known, how far each origin was is no guess any more. */
  private void startBefore(long position, long appliedPosition) {
    Progress known = start;
    if (known != null && position > known.applied()) {
      known.origins().forEach((origin, row) -> rows.merge(origin, row, LogCheck::behind));
      if (known.applied() == appliedPosition) {
        rowsAtApplied = new TreeMap<>(rows);
      }
      start = null;
    }
  }

  /**
   * A run that lies across the position has brought its origins further already, and says of what
   * they know only what they came to know in it.
   */
  private static OriginRow behind(OriginRow ofRun, OriginRow known) {
    if (ofRun.sequence() <= known.sequence()) {
      return known;
    }
    return new OriginRow(
        ofRun.sequence(), ofRun.lastStamp(), ofRun.chain(), known.known().join(ofRun.known()));
  }

  private void check(SegmentInfo segment, String refusal) {
    bytes += segment.bytes();
    try {
      log.verify(segment)
          .map(Damage::exception)
          .filter(damage -> !refusal.equals(damage.getMessage()))
          .ifPresent(damage -> damaged(segment, damage));
    } catch (DamagedException e) {
      damaged(segment, e);
    } catch (TidemarkException e) {
      // A segment that is missing is what the refusal is about, if there is one.
      if (refusal.isEmpty()) {
        damaged(segment, e);
      }
    }
  }

  private void damaged(SegmentInfo segment, TidemarkException e) {
    findings.add(Part.LOG, "segment " + segment.number(), "an intact segment", e.getMessage());
    told = true;
  }

  private void check(LogCursor cursor) {
    try {
      Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
      commits++;
      operations += commit.operations().size();
      follow(cursor, commit.header());
    } catch (MalformedException e) {
      findings.add(Part.LOG, at(cursor), "a commit", e.getMessage());
      readable = false;
    }
  }

  private void checkRun(LogCursor cursor) {
    try {
      RunRecords all = cursor.records();
      for (RunRecord next = all.next(); next != null; next = all.next()) {
        records++;
      }
    } catch (DamagedException e) {
      findings.add(Part.LOG, at(cursor), "the records of a run", e.getMessage());
      readable = false;
    }
    cursor.coverage().forEach(run -> follow(cursor, run));
  }

  /** Compares what a run holds of an origin with what comes before it. */
  private void follow(LogCursor cursor, OriginCoverage run) {
    OriginRow before = rows.getOrDefault(run.origin(), NOTHING);
    String where = at(cursor) + ", origin " + ReplicaId.format(run.origin());
    boolean isKnown = rows.containsKey(run.origin()) || log.firstPosition() == 1;
    if (isKnown && run.before() > before.sequence()) {
      findings.add(Part.LOG, where, "at most sequence " + before.sequence(), run.before());
    }
    if (isKnown && run.before() == before.sequence() && run.chainBefore() != before.chain()) {
      findings.add(
          Part.LOG,
          where,
          "chain " + Long.toHexString(before.chain()),
          Long.toHexString(run.chainBefore()));
    }
    if (run.after() > before.sequence()) {
      rows.put(
          run.origin(),
          new OriginRow(
              run.after(), run.lastStamp(), run.chainAfter(), before.known().join(run.summary())));
    }
  }

  /** Compares a commit with the one before it of the same origin. */
  private void follow(LogCursor cursor, CommitHeader header) {
    OriginRow before = rows.get(header.origin());
    String where = at(cursor) + ", origin " + ReplicaId.format(header.origin());
    if (before == null && header.firstSequence() == 1) {
      before = NOTHING;
    }
    if (before != null) {
      if (header.firstSequence() != before.sequence() + 1) {
        findings.add(
            Part.LOG, where, "sequence " + (before.sequence() + 1), header.firstSequence());
      }
      if (header.stamp() <= before.lastStamp()) {
        findings.add(Part.LOG, where, "a stamp above " + before.lastStamp(), header.stamp());
      }
      long chain =
          CommitCodec.chain(cursor.array(), cursor.offset(), cursor.length(), before.chain());
      if (chain != header.chain()) {
        findings.add(
            Part.LOG, where, "chain " + Long.toHexString(chain), Long.toHexString(header.chain()));
      }
    } else if (log.firstPosition() == 1) {
      findings.add(Part.LOG, where, "sequence 1", header.firstSequence());
    }
    VersionVector known = before == null ? VersionVector.EMPTY : before.known();
    rows.put(
        header.origin(),
        new OriginRow(
            header.lastSequence(),
            header.lastStamp(),
            header.chain(),
            known.join(header.summary())));
  }

  private static String at(LogCursor cursor) {
    return "position " + cursor.position();
  }

  /** How far each origin was at the position that was asked for. */
  Map<Long, OriginRow> rowsAtApplied() {
    return rowsAtApplied;
  }

  /** Whether that position lies within what was folded, so that nothing can be said of it. */
  boolean isFoldedPastApplied() {
    return foldedPastApplied;
  }

  /** Whether all of it could be read. */
  boolean isReadable() {
    return readable;
  }

  long bytes() {
    return bytes;
  }

  long commits() {
    return commits;
  }

  /** Records of folded segments. */
  long records() {
    return records;
  }

  long operations() {
    return operations;
  }
}
