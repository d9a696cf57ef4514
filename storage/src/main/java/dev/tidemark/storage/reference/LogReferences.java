package dev.tidemark.storage.reference;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.function.Consumer;

/** The large values that a log refers to: its commits, and its folded runs. */
public final class LogReferences {
  private LogReferences() {}

  /**
   * Shows all from where a cursor is to its end. Memory: one commit, or one batch of a run.
   *
   * @param pace is run between portions of the work; may throw to end it
   * @throws dev.tidemark.error.DamagedException if the log cannot be read
   */
  public static void of(LogCursor cursor, Runnable pace, Consumer<LargeValue> visitor) {
    while (cursor.next()) {
      pace.run();
      if (cursor.isRun()) {
        ofRun(cursor.records(), pace, visitor);
      } else {
        CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length())
            .held()
            .forEach(operation -> of(operation, visitor));
      }
    }
  }

  private static void of(Operation operation, Consumer<LargeValue> visitor) {
    operation.namespace().strategy().lattice().largeValues(operation.delta(), visitor);
  }

  private static void ofRun(RunRecords records, Runnable pace, Consumer<LargeValue> visitor) {
    for (RunRecord next = records.next(); next != null; next = records.next()) {
      pace.run();
      next.namespace().strategy().lattice().largeValues(next.delta(), visitor);
    }
  }
}
