package dev.tidemark.storage.recovery;

import dev.tidemark.storage.log.LogCondition;
import dev.tidemark.storage.recovery.Facts.Birth;
import dev.tidemark.storage.recovery.Facts.Mark;
import dev.tidemark.storage.recovery.Facts.Provenance;
import dev.tidemark.storage.recovery.Facts.Reach;
import dev.tidemark.storage.recovery.Facts.State;
import java.util.List;
import java.util.function.Predicate;

/**
 * Facts in, one case out: the first row that holds. The order is by what would be lost if a later
 * row were taken: refusals first, then what needs a new replica id, then what is merely mended.
 */
final class RecoveryTable {
  /**
   * A row.
   *
   * @param when the condition in words, as it stands in docs/recovery.md
   */
  record Row(RecoveryCase recoveryCase, String when, Predicate<Facts> holds) {}

  static final List<Row> ROWS =
      List.of(
          row(
              RecoveryCase.RESTORE_DECIDED,
              "a restore was decided, and has not come to its end",
              f -> f.birth() == Birth.RESTORED),
          row(
              RecoveryCase.CREATED,
              "no identity, and nothing else of a store",
              f -> f.birth() == Birth.NONE && f.empty()),
          row(
              RecoveryCase.IDENTITY_LOST,
              "no identity, but a log or a state that hold something",
              f -> f.birth() == Birth.NONE),
          row(
              RecoveryCase.CREATED,
              "the first open was interrupted, log and state hold nothing",
              f -> f.birth() == Birth.UNFINISHED && f.empty() && f.log() != LogCondition.DAMAGED),
          row(
              RecoveryCase.LOG_DAMAGED,
              "the log is damaged at or before the durable mark, or at its end with no mark",
              f -> f.log() == LogCondition.DAMAGED),
          row(
              RecoveryCase.STATE_AHEAD,
              "no log, and the state reaches the durable mark",
              f -> absentLog(f) && f.state() == State.WHOLE && f.mark() == Mark.KEPT),
          row(
              RecoveryCase.LOG_LOST,
              "no log, and the state ends before the durable mark, or there is no mark",
              f -> absentLog(f) && f.state() == State.WHOLE),
          row(
              RecoveryCase.ALL_LOST,
              "no log, and no state that is whole",
              RecoveryTable::absentLog),
          row(
              RecoveryCase.LOG_SHORT,
              "log and state end before the durable mark",
              f -> f.mark() == Mark.BROKEN),
          row(
              RecoveryCase.STATE_LOST_FOR_GOOD,
              "no state that is whole, the log begins after position 1, and no good snapshot reaches"
                  + " it",
              f -> f.state() != State.WHOLE && !f.logFromStart() && !f.snapshot()),
          row(
              RecoveryCase.LOG_CUT_OFF,
              "the log begins after the state ends, and no good snapshot reaches it",
              f -> f.state() == State.WHOLE && f.reach() == Reach.CUT_OFF && !f.snapshot()),
          row(
              RecoveryCase.STATE_AHEAD,
              "the log ends before the state does",
              f -> f.state() == State.WHOLE && f.reach() == Reach.AHEAD),
          // A log that is short of a mark which the state reaches is behind the state, so above.
          row(
              RecoveryCase.LOG_SHORT,
              "the log ends before the durable mark",
              f -> f.log() == LogCondition.SHORT),
          row(RecoveryCase.MARK_LOST, "no durable mark", f -> f.mark() == Mark.MISSING),
          row(
              RecoveryCase.COPIED,
              "the identity was taken at another place",
              f -> f.provenance() == Provenance.COPIED),
          row(
              RecoveryCase.IDENTITY_OLD,
              "the state was used under a replica id that the identity does not know",
              f -> f.provenance() == Provenance.OLD || f.birth() == Birth.UNFINISHED),
          row(
              RecoveryCase.STATE_FROM_SNAPSHOT,
              "no state that is whole reaches the log's first position, and a good snapshot does",
              f -> !f.hasState() && !f.logFromStart()),
          row(
              RecoveryCase.STATE_DAMAGED,
              "the state does not open, or fails its examination",
              f -> f.state() == State.DAMAGED),
          row(RecoveryCase.STATE_LOST, "no state", f -> f.state() == State.ABSENT),
          row(
              RecoveryCase.TORN_TAIL,
              "the log ends in bytes that are no entry, all behind the durable mark",
              f -> f.log() == LogCondition.TORN_TAIL),
          row(
              RecoveryCase.UNSEALED,
              "the log has segments that were not sealed",
              f -> f.log() == LogCondition.UNSEALED),
          row(
              RecoveryCase.STATE_BEHIND,
              "the log is sealed, the state ends before it",
              f -> f.reach() == Reach.BEHIND),
          row(RecoveryCase.CLEAN, "otherwise", f -> true));

  private RecoveryTable() {}

  private static Row row(RecoveryCase recoveryCase, String when, Predicate<Facts> holds) {
    return new Row(recoveryCase, when, holds);
  }

  private static boolean absentLog(Facts facts) {
    return facts.log() == LogCondition.ABSENT;
  }

  /** The row for some facts. */
  static Row rowFor(Facts facts) {
    for (Row row : ROWS) {
      if (row.holds().test(facts)) {
        return row;
      }
    }
    throw new AssertionError("the last row always holds");
  }
}
