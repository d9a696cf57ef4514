package dev.tidemark;

import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import java.time.Duration;

/** Options of stores that fold, tell and cut nothing before a test has them do so. */
public final class QuietOptions {
  private QuietOptions() {}

  /** All else is as it is by default. */
  public static Options defaults() {
    return Options.defaults()
        .withCompactionBytesPerSecond(0)
        .withStewardInterval(Duration.ZERO)
        .withRetention(Retention.byCommandOnly());
  }
}
