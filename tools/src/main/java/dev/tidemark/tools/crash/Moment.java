package dev.tidemark.tools.crash;

import dev.tidemark.storage.fault.CrashPoint;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The moment before or after a step, at which a process kills itself. */
record Moment(CrashPoint point, boolean before) {
  /**
   * Where writing and opening one store do not come to: a run that another store hands over, keys
   * that a ring gives to others, and damaged keys that are put right. Tests of their own kill
   * processes there.
   */
  static final Set<CrashPoint> ELSEWHERE =
      EnumSet.of(
          CrashPoint.RUN_ASIDE,
          CrashPoint.RUN_ATTACH,
          CrashPoint.RUN_BATCH,
          CrashPoint.NARROW,
          CrashPoint.REPAIR_BATCH);

  /** All there are. */
  static List<Moment> all() {
    List<Moment> moments = new ArrayList<>();
    for (CrashPoint point : CrashPoint.values()) {
      if (ELSEWHERE.contains(point)) {
        continue;
      }
      moments.add(new Moment(point, true));
      moments.add(new Moment(point, false));
    }
    return List.copyOf(moments);
  }

  /** The greatest number of a hit that it makes sense to wait for. */
  int mostHits() {
    return switch (point) {
      case COMMIT, LOG_APPEND -> 400;
      case LOG_FORCE, MARK_ADVANCE, RECOVERY_REPLAY_COMMIT -> 60;
      case RENAME, BLOB_CHUNK, BLOB_FORCE, BLOB_SWEEP, COLLECT_BATCH -> 8;
      case SEGMENT_CREATE, SEGMENT_AHEAD, SEGMENT_SEAL, SEGMENT_CUT, FOLD_BATCH, SEGMENT_REMOVE ->
          4;
      case SNAPSHOT_TAKE, SNAPSHOT_CHECKPOINT, SNAPSHOT_PUBLISH, LOG_TRUNCATE -> 3;
      case STATE_FLUSH,
          CLOSE,
          RUN_ASIDE,
          RUN_ATTACH,
          RUN_BATCH,
          NARROW,
          REPAIR_BATCH,
          SNAPSHOT_REMOVE,
          COMPACT_WRITE,
          FOLDED_FORCE,
          SEGMENTS_SWAP,
          RECOVERY_SEAL,
          RECOVERY_SET_ASIDE,
          RECOVERY_LOG_CUT,
          RECOVERY_SNAPSHOT,
          RECOVERY_IDENTITY,
          RECOVERY_REPLAY,
          RESTORE_FINISH ->
          1;
    };
  }

  /** Whether a process surely gets there at its end, and hardly before. */
  boolean isAtTheEnd() {
    return point == CrashPoint.CLOSE || point == CrashPoint.STATE_FLUSH;
  }

  /** Whether an open gets there, and only an open. */
  boolean isInRecovery() {
    return switch (point) {
      case RECOVERY_SEAL,
          RECOVERY_SET_ASIDE,
          RECOVERY_LOG_CUT,
          RECOVERY_SNAPSHOT,
          RECOVERY_IDENTITY,
          RECOVERY_REPLAY,
          RECOVERY_REPLAY_COMMIT,
          RESTORE_FINISH ->
          true;
      default -> false;
    };
  }

  /** What has to happen to a closed store for an open to get there. */
  Mishap mishap() {
    return switch (point) {
      case RECOVERY_SET_ASIDE -> Mishap.STATE_DAMAGED;
      case RECOVERY_LOG_CUT -> Mishap.LOG_LOST;
      case RECOVERY_SNAPSHOT -> Mishap.STATE_LOST_BEHIND_A_CUT;
      case RESTORE_FINISH -> Mishap.RESTORED;
      case RECOVERY_IDENTITY -> Mishap.COPIED;
      default -> Mishap.NONE;
    };
  }

  @Override
  public String toString() {
    return point.name().toLowerCase(Locale.ROOT) + (before ? ".before" : ".after");
  }
}
