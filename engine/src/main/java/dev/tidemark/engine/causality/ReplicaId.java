package dev.tidemark.engine.causality;

import dev.tidemark.error.Problem;

/** Replica ids are unsigned 64-bit numbers, written in decimal; 0 is nobody's. */
public final class ReplicaId {
  private ReplicaId() {}

  /** The id as text. */
  public static String format(long replica) {
    return Long.toUnsignedString(replica);
  }

  /** The id a text gives. */
  public static long parse(String text) {
    long id;
    try {
      id = Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw Problem.of("replica id is not an unsigned 64-bit number")
          .with("replica", text)
          .advise("give a decimal number from 1 to 18446744073709551615")
          .illegalArgument();
    }
    return requireValid(id);
  }

  /** Refuses 0. */
  public static long requireValid(long id) {
    if (id == 0) {
      throw Problem.of("replica id is zero")
          .advise("give a number from 1 to 18446744073709551615")
          .illegalArgument();
    }
    return id;
  }
}
