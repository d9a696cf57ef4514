package dev.tidemark.tools.load;

import dev.tidemark.engine.causality.ReplicaId;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The line that a session begins with in the file of acknowledgements.
 *
 * @param number from 1, never used twice in a store
 * @param kind who writes
 * @param seed what its commits follow from
 * @param writers how many threads write
 * @param at the log's last position when it began: what earlier sessions have above it is lost
 * @param remote the replica that the last writer stands for
 */
record SessionHeader(long number, Kind kind, long seed, int writers, long at, long remote) {
  private static final String START = "# session ";

  /** Who writes. */
  enum Kind {
    /** A load: each writer's commits are acknowledged by lines. */
    LOAD,
    /** A check, which makes {@link CheckSession#COMMITS} commits a writer and no lines. */
    CHECK
  }

  /** The writer of an index. */
  LaneId lane(int index) {
    return new LaneId(number, index);
  }

  /** The commits of a writer. */
  Workload workload(int index) {
    return new Workload(seed, lane(index));
  }

  String line() {
    return START
        + number
        + " kind="
        + kind.name().toLowerCase(Locale.ROOT)
        + " seed="
        + seed
        + " writers="
        + writers
        + " at="
        + at
        + " remote="
        + ReplicaId.format(remote)
        + " ok";
  }

  /** The session of a line, or null if it is not a whole line of that kind. */
  static @Nullable SessionHeader parse(String line) {
    if (!line.startsWith(START) || !line.endsWith(" ok")) {
      return null;
    }
    String[] words = line.substring(START.length(), line.length() - " ok".length()).split(" ", -1);
    Map<String, String> fields = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      String[] pair = words[i].split("=", 2);
      fields.put(pair[0], pair.length == 2 ? pair[1] : "");
    }
    try {
      return new SessionHeader(
          Long.parseLong(words[0]),
          Kind.valueOf(fields.getOrDefault("kind", "").toUpperCase(Locale.ROOT)),
          number(fields, "seed"),
          Math.toIntExact(number(fields, "writers")),
          number(fields, "at"),
          ReplicaId.parse(fields.getOrDefault("remote", "")));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return null;
    }
  }

  private static long number(Map<String, String> fields, String name) {
    return Long.parseLong(fields.getOrDefault(name, ""));
  }
}
