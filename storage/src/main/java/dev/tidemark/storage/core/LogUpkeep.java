package dev.tidemark.storage.core;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.storage.log.OpLog;
import java.util.concurrent.TimeUnit;

/**
 * Seals and makes segments of the log beside the appends, which would wait 25 to 125 ms for it. On
 * a full disk that waits; an append that cannot do without it is refused meanwhile.
 */
final class LogUpkeep implements Worker.Duty {
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final OpLog log;

  LogUpkeep(OpLog log) {
    this.log = log;
  }

  @Override
  public long run() {
    try {
      log.upkeep();
      return Worker.UNTIL_SIGNALLED;
    } catch (OutOfSpaceException full) {
      return RETRY_NANOS;
    }
  }
}
