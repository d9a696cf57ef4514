package dev.tidemark.tools.load;

import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.storage.inspect.VerifyReport;
import java.util.Map;

/**
 * What a check has found.
 *
 * @param acknowledged how many commits the file says are in
 * @param lost acknowledged and not there
 * @param wrong there and not what was written, or never written
 * @param remarks each lost and wrong thing, with how it was found out
 * @param recovery what the first open found
 * @param reopening what the open behind the check's own commits found
 * @param recoveredTo the last position that was recovered
 * @param verification what the store says of itself
 * @param seconds how long it took
 */
public record CheckReport(
    long acknowledged,
    long lost,
    long wrong,
    Map<String, String> remarks,
    RecoveryReport recovery,
    RecoveryReport reopening,
    long recoveredTo,
    VerifyReport verification,
    double seconds) {
  /** Whether all that was acknowledged is there, and nothing else. */
  public boolean isClean() {
    return lost == 0 && wrong == 0;
  }
}
