package dev.tidemark.engine.interest;

import dev.tidemark.error.Problem;

/**
 * A range of {@linkplain KeyHash hashes}, both ends in it, unsigned. It does not run over the top:
 * what does is two ranges.
 */
public record HashRange(long first, long last) implements Comparable<HashRange> {
  /** Every hash. */
  public static final HashRange ALL = new HashRange(0, -1);

  /** Refuses a range whose end lies before its beginning. */
  public HashRange {
    if (Long.compareUnsigned(first, last) > 0) {
      throw Problem.of("hash range ends before it begins")
          .with("first", Long.toHexString(first))
          .with("last", Long.toHexString(last))
          .advise("a range over the top is two: up to ffffffffffffffff, and from 0")
          .illegalArgument();
    }
  }

  /** Whether a hash lies in it. */
  public boolean contains(long hash) {
    return Long.compareUnsigned(first, hash) <= 0 && Long.compareUnsigned(hash, last) <= 0;
  }

  /** Whether all of another range lies in it. */
  public boolean contains(HashRange other) {
    return contains(other.first) && contains(other.last);
  }

  /** Whether the two overlap, or one begins where the other has ended. */
  boolean touches(HashRange later) {
    return contains(later.first) || (last != -1 && last + 1 == later.first);
  }

  /** This range up to the end of a later one that it {@linkplain #touches touches}. */
  HashRange upTo(HashRange later) {
    return Long.compareUnsigned(last, later.last) >= 0 ? this : new HashRange(first, later.last);
  }

  @Override
  public int compareTo(HashRange other) {
    int order = Long.compareUnsigned(first, other.first);
    return order != 0 ? order : Long.compareUnsigned(last, other.last);
  }

  @Override
  public String toString() {
    return "%016x-%016x".formatted(first, last);
  }
}
