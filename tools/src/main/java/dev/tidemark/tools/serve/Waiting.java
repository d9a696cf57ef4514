package dev.tidemark.tools.serve;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.consistency.Level;
import dev.tidemark.type.Durability;
import java.time.Duration;
import java.util.Locale;

/**
 * What a request waits for.
 *
 * @param durability what an update has to survive here; {@code SYNCED} unless it says otherwise
 * @param level how many members have to have it; {@code LOCAL} unless it says otherwise
 * @param timeout how long to wait for the level
 */
record Waiting(Durability durability, Level level, Duration timeout) {
  private static final long DEFAULT_MILLIS = 5_000;

  /** Above it a request would outlive its connection. */
  static final long MOST_MILLIS = 60_000;

  /** By words; an empty one stands for its default. */
  static Waiting of(String durability, String level, String timeoutMillis) {
    return new Waiting(
        durability.isEmpty() ? Durability.SYNCED : durability(durability),
        level.isEmpty() ? Level.LOCAL : Level.parse(level),
        Duration.ofMillis(timeoutMillis.isEmpty() ? DEFAULT_MILLIS : millis(timeoutMillis)));
  }

  private static Durability durability(String word) {
    return switch (word.toUpperCase(Locale.ROOT)) {
      case "SYNCED" -> Durability.SYNCED;
      case "BUFFERED" -> Durability.BUFFERED;
      default ->
          throw Problem.of("durability is not one")
              .with("durability", word)
              .advise("use BUFFERED or SYNCED")
              .illegalArgument();
    };
  }

  private static long millis(String word) {
    if (!word.matches("[0-9]{1,9}") || Long.parseLong(word) > MOST_MILLIS) {
      throw Problem.of("timeout is not one")
          .with("timeoutMillis", word)
          .advise("give 0 to " + MOST_MILLIS)
          .illegalArgument();
    }
    return Long.parseLong(word);
  }

  boolean isRemote() {
    return level != Level.LOCAL;
  }
}
