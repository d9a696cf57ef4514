package dev.tidemark.tools.load;

import dev.tidemark.type.Durability;
import org.jspecify.annotations.Nullable;

/**
 * What a writer was told: its commit of an index is in, at a log position, and survives what its
 * durability says. A commit of another replica is told without its position: it lies in a range.
 */
record Acknowledgement(LaneId lane, long index, long from, long to, Durability durability) {
  private static final String END = " ok";

  /** {@code SESSION WRITER INDEX POSITION DURABILITY ok}; without the end it was cut short. */
  String line() {
    return lane.session()
        + " "
        + lane.lane()
        + " "
        + index
        + " "
        + (from == to ? String.valueOf(from) : from + "-" + to)
        + " "
        + durability
        + END;
  }

  /** The acknowledgement of a line, or null if it is not a whole one. */
  static @Nullable Acknowledgement parse(String line) {
    if (!line.endsWith(END)) {
      return null;
    }
    String[] words = line.substring(0, line.length() - END.length()).split(" ", -1);
    if (words.length != 5) {
      return null;
    }
    try {
      String[] range = words[3].split("-", 2);
      long from = Long.parseLong(range[0]);
      return new Acknowledgement(
          new LaneId(Long.parseLong(words[0]), Integer.parseInt(words[1])),
          Long.parseLong(words[2]),
          from,
          range.length == 1 ? from : Long.parseLong(range[1]),
          Durability.valueOf(words[4]));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
