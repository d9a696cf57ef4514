package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.error.Problem;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step of a scenario; replicas go by their names there. */
public sealed interface Step {
  /**
   * An update, made when the replica's wall clock shows a time.
   *
   * @param now milliseconds, or null to leave the clock as it is
   */
  record Write(String at, @Nullable Long now, String key, Update update) implements Step {}

  /**
   * One replica receives what another has seen.
   *
   * @param until of the giver's own operations only those up to this one, or null for all
   */
  record Pull(String from, String to, @Nullable Long until) implements Step {}

  /** Something that must not change any value. */
  record Upkeep(String at, Chore chore) implements Step {}

  /** A replica must read exactly this. */
  record Read(String at, String key, JsonNode value) implements Step {}

  /** Replicas must read exactly this: by replica, then by key. */
  record Expect(Map<String, Map<String, JsonNode>> values) implements Step {}

  /** What upkeep does. */
  enum Chore {
    /** Folds the log into one segment. */
    COMPACT,
    /** Cuts off the log below a snapshot. */
    TRUNCATE,
    /** Closes and opens again. */
    RESTART,
    /** Folds what is in memory into the state. */
    FLUSH,
    /** Says what was seen, and forgets what every member has seen. */
    GC;

    /**
     * The one of a word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Chore of(String word) {
      for (Chore chore : values()) {
        if (chore.name().toLowerCase(Locale.ROOT).equals(word)) {
          return chore;
        }
      }
      throw Problem.of("unknown chore")
          .with("do", word)
          .advise("use one of compact, truncate, restart, flush, gc")
          .illegalArgument();
    }
  }
}
