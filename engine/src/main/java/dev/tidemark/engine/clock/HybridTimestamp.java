package dev.tidemark.engine.clock;

/**
 * A hybrid logical time in one unsigned 64-bit word: 48 bits of wall milliseconds since 1970, then
 * 16 bits that count. Unsigned order is time order. After Kulkarni et al., "Logical Physical
 * Clocks", OPODIS 2014, with the word treated as one number so that a full counter carries into the
 * wall part.
 */
public final class HybridTimestamp {
  /**
   * The greatest wall time accepted, in milliseconds since 1970: half of what fits, the year 6429.
   */
  public static final long MAX_WALL_MILLIS = (1L << 47) - 1;

  /**
   * The greatest stamp there can be. Below 2^63, so that a hostile stamp can neither exhaust a
   * clock nor turn signed arithmetic negative.
   */
  public static final long MAX_STAMP = Long.MAX_VALUE;

  private static final int COUNTER_BITS = 16;

  private HybridTimestamp() {}

  /** The first stamp of a wall millisecond. */
  public static long ofMillis(long wallMillis) {
    return Math.min(Math.max(wallMillis, 0), MAX_WALL_MILLIS) << COUNTER_BITS;
  }

  /** The wall part, in milliseconds since 1970. */
  public static long wallMillis(long stamp) {
    return stamp >>> COUNTER_BITS;
  }

  /** The counting part. */
  public static int counter(long stamp) {
    return (int) (stamp & 0xffff);
  }
}
