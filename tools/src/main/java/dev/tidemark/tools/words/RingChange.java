package dev.tidemark.tools.words;

import dev.tidemark.Rings;
import dev.tidemark.error.Problem;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A change of a cluster's ring, in words: {@code {"op":"join","name":"d"}}, or {@code
 * {"op":"announce","members":["a","b"],"points":16,"copies":2}}.
 *
 * @param op what is changed
 * @param name who joins, leaves or is dropped; null for the first ring
 * @param members of the first ring
 * @param points of the first ring: at how many each member stands
 * @param copies of the first ring: how many members own each key
 */
public record RingChange(
    @Nullable String op,
    @Nullable String name,
    @Nullable List<String> members,
    @Nullable Integer points,
    @Nullable Integer copies) {
  /** At how many points each member stands if nothing else is said. */
  public static final int POINTS = 64;

  /** How many members own each key if nothing else is said. */
  public static final int COPIES = 2;

  /** What can be changed. */
  private enum Op {
    ANNOUNCE,
    JOIN,
    LEAVE,
    DROP
  }

  /** The first ring. */
  public static RingChange announce(List<String> members, int points, int copies) {
    return new RingChange("announce", null, members, points, copies);
  }

  /** One of those that concern one member. */
  public static RingChange of(String op, String name) {
    return new RingChange(op, name, null, null, null);
  }

  /**
   * Makes it.
   *
   * @return the log position
   * @throws IllegalArgumentException if it is none, or cannot be made of this ring
   */
  public long apply(Rings rings) {
    Op which = which();
    List<String> all = members;
    if (which == Op.ANNOUNCE) {
      if (all == null) {
        throw missing("members");
      }
      return rings.announce(
          points == null ? POINTS : points, copies == null ? COPIES : copies, all);
    }
    String whom = name;
    if (whom == null) {
      throw missing("name");
    }
    return switch (which) {
      case JOIN -> rings.join(whom);
      case LEAVE -> rings.leave(whom);
      default -> rings.drop(whom);
    };
  }

  private Op which() {
    for (Op each : Op.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(op)) {
        return each;
      }
    }
    throw Problem.of("change of a ring is unknown")
        .with("op", op == null ? "" : op)
        .advise("use announce, join, leave or drop")
        .illegalArgument();
  }

  private static IllegalArgumentException missing(String field) {
    return Problem.of("field is missing").with("field", field).illegalArgument();
  }
}
