package dev.tidemark.replication.consistency;

import dev.tidemark.error.Problem;
import java.util.Locale;

/**
 * How many members of a cluster an update has to survive at, or a read has to include what they
 * have seen: this one is always among them. An update at {@code w} members is seen by every later
 * read at {@code r} if {@code w + r} is more than there are: with {@link #MAJORITY} for both.
 */
public final class Level {
  /** This member alone: waits for no other. */
  public static final Level LOCAL = new Level("LOCAL");

  /** More than half of them. */
  public static final Level MAJORITY = new Level("MAJORITY");

  /** All of them. */
  public static final Level ALL = new Level("ALL");

  private final String name;

  private Level(String name) {
    this.name = name;
  }

  /** So many of them, this one included. */
  public static Level from(int count) {
    if (count < 1) {
      throw Problem.of("level is below 1").with("level", count).illegalArgument();
    }
    return new Level(Integer.toString(count));
  }

  /** A level by its name: LOCAL, MAJORITY, ALL, or a number. */
  public static Level parse(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "LOCAL" -> LOCAL;
      case "MAJORITY" -> MAJORITY;
      case "ALL" -> ALL;
      default -> {
        if (!text.matches("[0-9]{1,6}")) {
          throw Problem.of("level is not one")
              .with("level", text)
              .advise("use LOCAL, MAJORITY, ALL, or how many members")
              .illegalArgument();
        }
        yield from(Integer.parseInt(text));
      }
    };
  }

  /**
   * How many members that is.
   *
   * @param members how many there are
   * @throws IllegalArgumentException if there are not so many
   */
  int needed(int members) {
    if (this == LOCAL) {
      return 1;
    } else if (this == MAJORITY) {
      return members / 2 + 1;
    } else if (this == ALL) {
      return members;
    }
    int needed = Integer.parseInt(name);
    if (needed > members) {
      throw Problem.of("level needs more members than there are")
          .with("level", name)
          .with("members", members)
          .illegalArgument();
    }
    return needed;
  }

  /** Whether it is a part of them, and not a number that stays the same. */
  boolean isPart() {
    return this == MAJORITY || this == ALL;
  }

  @Override
  public String toString() {
    return name;
  }
}
