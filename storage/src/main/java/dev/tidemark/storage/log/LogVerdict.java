package dev.tidemark.storage.log;

import dev.tidemark.error.DamagedException;
import dev.tidemark.storage.file.StoreFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What follows from the facts, as a pure function of them. In order, the first that holds:
 *
 * <ol>
 *   <li>neither catalogue nor segments: absent; refused if something was ever marked durable;
 *   <li>no catalogue: refused, since a segment that is gone would not be missed;
 *   <li>a sealed segment is missing, or not of its recorded length: refused;
 *   <li>a segment that the catalogue does not name, has several data files: refused, since it is
 *       not this log's;
 *   <li>a segment's entries are another store's: refused;
 *   <li>a segment has entries behind a bad one, or behind positions that are missing: set aside, if
 *       it is the only one. It may be begun before the one before it is forced, of which a power
 *       loss then takes the end; the next one is not, so a second such segment is refused;
 *   <li>positions repeat those of the segment before, or follow on from it although it ends in a
 *       bad entry: refused;
 *   <li>the good entries end below the durable mark: refused, since what is missing was promised.
 *       Without a bad byte it is called short: the state may have what is missing;
 *   <li>there is a bad entry, and no mark to tell a torn one from a damaged one: refused;
 *   <li>segments that the catalogue does not name: those without entries and those that hold what
 *       others hold already are removed, the others cut behind their last good entry and sealed;
 *   <li>otherwise: clean.
 * </ol>
 *
 * @param refusal why the log is not opened, or null
 * @param condition how the log is found
 * @param lastGood the position of the last good entry; one less than the first position if none
 * @param unsealed segments to seal, by number and in order
 * @param empty segments without entries, to remove
 * @param begunEarly segments with entries behind what a power loss took, to set aside
 * @param leftovers what a compaction or truncation did not come to remove
 */
record LogVerdict(
    @Nullable DamagedException refusal,
    LogCondition condition,
    long lastGood,
    Map<Long, SegmentScan> unsealed,
    List<SegmentFiles> empty,
    List<SegmentFiles> begunEarly,
    List<Path> leftovers) {

  /** Judges the facts of a store's log. */
  static LogVerdict of(LogFacts facts, StoreFiles files) {
    return new Judge(facts, files).judge();
  }

  /** The steps of the judgement, which share what they have found. */
  private static final class Judge {
    private final LogFacts facts;
    private final StoreFiles files;
    private final Catalogue catalogue;
    private final Map<Long, SegmentScan> unsealed = new LinkedHashMap<>();
    private final List<SegmentFiles> empty = new ArrayList<>();
    private final List<SegmentFiles> begunEarly = new ArrayList<>();
    private @Nullable Damage torn;
    private long lastGood;

    Judge(LogFacts facts, StoreFiles files) {
      this.facts = facts;
      this.files = files;
      this.catalogue = facts.catalogue().map(CatalogueFile.Read::catalogue).orElse(Catalogue.EMPTY);
      this.lastGood = catalogue.lastPosition();
    }

    LogVerdict judge() {
      if (facts.catalogue().isEmpty() && facts.segments().isEmpty()) {
        boolean marked = facts.mark().isPresent() && facts.mark().get().position() > 0;
        return verdict(marked ? catalogueMissing() : null, LogCondition.ABSENT);
      }
      Damage damage = catalogueMissing();
      if (damage == null) {
        damage = sealedSegments();
      }
      if (damage == null) {
        damage = unsealedSegments();
      }
      if (damage != null) {
        return verdict(damage, LogCondition.DAMAGED);
      }
      damage = mark();
      if (damage != null) {
        return verdict(damage, torn == null ? LogCondition.SHORT : LogCondition.DAMAGED);
      }
      return verdict(null, condition());
    }

    private LogCondition condition() {
      if (torn != null) {
        return LogCondition.TORN_TAIL;
      }
      return unsealed.isEmpty() && empty.isEmpty() ? LogCondition.CLEAN : LogCondition.UNSEALED;
    }

    private LogVerdict verdict(@Nullable Damage damage, LogCondition condition) {
      DamagedException refusal = damage == null ? null : damage.exception();
      return new LogVerdict(
          refusal, condition, lastGood, unsealed, empty, begunEarly, facts.leftovers());
    }

    private @Nullable Damage catalogueMissing() {
      return facts.catalogue().isPresent()
          ? null
          : new Damage(files.catalogue(), 0, 0, "the catalogue of the segments", "no file");
    }

    private @Nullable Damage sealedSegments() {
      for (SegmentInfo segment : catalogue.segments()) {
        SegmentFiles found = facts.segments().get(segment.number());
        Path directory = files.segment(segment.number());
        if (found == null) {
          return new Damage(directory, 0, segment.firstPosition(), "a segment", "no directory");
        }
        Long length = facts.lengths().get(segment.number());
        if (length == null) {
          String actual = found.dataFiles().size() + " data files";
          return new Damage(directory, 0, segment.firstPosition(), "one data file", actual);
        }
        if (length != segment.bytes()) {
          return new Damage(
              found.dataFiles().get(0),
              Math.min(length, segment.bytes()),
              0,
              segment.bytes() + " bytes",
              length + " bytes");
        }
      }
      return null;
    }

    private @Nullable Damage unsealedSegments() {
      for (SegmentFiles segment : facts.segments().values()) {
        if (!catalogue.names(segment.number())) {
          Damage damage = unsealedSegment(segment);
          if (damage != null) {
            return damage;
          }
        }
      }
      return null;
    }

    private @Nullable Damage unsealedSegment(SegmentFiles segment) {
      Path directory = segment.directory();
      if (segment.dataFiles().size() > 1) {
        String actual = segment.dataFiles().size() + " data files";
        return new Damage(directory, 0, 0, "one data file", actual);
      }
      SegmentScan scan = facts.scans().get(segment.number());
      if (scan == null || scan.entries() == 0) {
        empty.add(segment);
        Damage damage = scan == null ? null : scan.damage();
        torn = torn == null ? damage : torn;
        return null;
      }
      if (scan.storeTag() != storeTag()) {
        return new Damage(
            scan.file(), 0, scan.firstPosition(), "entries of this store", "those of another");
      }
      if (torn != null || scan.firstPosition() != lastGood + 1) {
        return behindLoss(segment, scan);
      }
      unsealed.put(segment.number(), scan);
      lastGood = scan.lastPosition();
      torn = scan.damage();
      return null;
    }

    private @Nullable Damage behindLoss(SegmentFiles segment, SegmentScan scan) {
      if (torn == null) {
        String expected = "position " + (lastGood + 1);
        String actual = "position " + scan.firstPosition();
        torn = new Damage(scan.file(), 0, lastGood + 1, expected, actual);
      }
      if (scan.firstPosition() <= lastGood + 1 || !begunEarly.isEmpty()) {
        return torn;
      }
      begunEarly.add(segment);
      return null;
    }

    private int storeTag() {
      return Frame.tagOf(facts.catalogue().orElseThrow().storeId());
    }

    private @Nullable Damage mark() {
      if (facts.mark().isEmpty()) {
        return torn;
      }
      long promised = facts.mark().get().position();
      if (lastGood >= promised) {
        return null;
      }
      if (torn != null) {
        return new Damage(torn.file(), torn.offset(), lastGood + 1, torn.expected(), torn.actual());
      }
      return endOfLog("positions up to " + promised, "end of data after " + lastGood);
    }

    private Damage endOfLog(String expected, String actual) {
      SegmentScan last = null;
      for (SegmentScan scan : unsealed.values()) {
        last = scan;
      }
      return last == null
          ? new Damage(files.log(), 0, lastGood + 1, expected, actual)
          : new Damage(last.file(), last.bytes(), lastGood + 1, expected, actual);
    }
  }
}
