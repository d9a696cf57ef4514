package dev.tidemark.storage;

import dev.tidemark.storage.recovery.RecoveryCase;
import java.util.List;

/**
 * What an open found and did.
 *
 * @param recoveryCase the case: see docs/recovery.md
 * @param notes what was done about it and what else was noticed, one sentence each
 * @param replayedCommits commits of the log that were not in the state yet
 * @param replayedOperations their operations
 * @param tornBytes bytes of an unfinished, never promised tail that were cut off the log
 * @param millis how long the open took, in milliseconds
 */
public record RecoveryReport(
    RecoveryCase recoveryCase,
    List<String> notes,
    long replayedCommits,
    long replayedOperations,
    long tornBytes,
    long millis) {
  /** Copies the notes. */
  public RecoveryReport {
    notes = List.copyOf(notes);
  }

  /** The case in words. */
  public String found() {
    return recoveryCase.words();
  }
}
