package dev.tidemark.tools.crash;

import dev.tidemark.storage.recovery.RecoveryCase;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What a crash test has seen so far. */
public final class CrashReport {
  private static final long LONGEST_RECOVERY_MILLIS = 600_000;

  private final Map<String, Long> kills = new TreeMap<>();
  private final Map<String, Long> missed = new TreeMap<>();
  private final Map<RecoveryCase, Long> cases = new EnumMap<>(RecoveryCase.class);
  private final List<String> failures = new ArrayList<>();
  private final Histogram recoveries = new Histogram(LONGEST_RECOVERY_MILLIS, 3);
  private long rounds;
  private long acknowledged;
  private long lost;
  private long wrong;

  CrashReport() {}

  void killed(String kind) {
    kills.merge(kind, 1L, Long::sum);
  }

  void missed(String kind) {
    missed.merge(kind, 1L, Long::sum);
  }

  /** A round whose check came to its end. */
  void checked(long newlyAcknowledged, long newlyLost, long newlyWrong) {
    acknowledged += newlyAcknowledged;
    lost += newlyLost;
    wrong += newlyWrong;
  }

  void recovered(RecoveryCase found, long millis) {
    cases.merge(found, 1L, Long::sum);
    recoveries.recordValue(Math.min(millis, LONGEST_RECOVERY_MILLIS));
  }

  void failed(String how) {
    failures.add(how);
  }

  void ended() {
    rounds++;
  }

  /** How many rounds there were. */
  public long rounds() {
    return rounds;
  }

  /** Kills by moment or kind. */
  public Map<String, Long> kills() {
    return kills;
  }

  /** Kills that were aimed at a moment which did not come, by moment. */
  public Map<String, Long> missed() {
    return missed;
  }

  /** How many kills there were. */
  public long killCount() {
    return kills.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What the opens behind the kills have found. */
  public Map<RecoveryCase, Long> cases() {
    return cases;
  }

  /** Commits that were acknowledged. */
  public long acknowledged() {
    return acknowledged;
  }

  /** Those that were not there. */
  public long lost() {
    return lost;
  }

  /** What was there and should not have been, or otherwise. */
  public long wrong() {
    return wrong;
  }

  /** How long opening took behind the last kill of a round, in milliseconds. */
  public Histogram recoveries() {
    return recoveries;
  }

  /** What went wrong, one line each. */
  public List<String> failures() {
    return failures;
  }
}
