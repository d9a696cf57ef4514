package dev.tidemark.engine.interest;

import dev.tidemark.error.Problem;
import java.util.ArrayList;
import java.util.List;

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

  /** Whether ranges contain others; of both each begins behind the one before, and not at once. */
  static boolean contain(List<HashRange> ranges, List<HashRange> others) {
    int at = 0;
    for (HashRange other : others) {
      while (at < ranges.size() && Long.compareUnsigned(ranges.get(at).last, other.last) < 0) {
        at++;
      }
      if (at == ranges.size() || !ranges.get(at).contains(other)) {
        return false;
      }
    }
    return true;
  }

  /** The hashes that are in ranges and in others, of both of which each begins behind the last. */
  static List<HashRange> common(List<HashRange> ranges, List<HashRange> others) {
    List<HashRange> common = new ArrayList<>();
    int at = 0;
    int there = 0;
    while (at < ranges.size() && there < others.size()) {
      HashRange one = ranges.get(at);
      HashRange other = others.get(there);
      long first = Long.compareUnsigned(one.first, other.first) >= 0 ? one.first : other.first;
      boolean endsFirst = Long.compareUnsigned(one.last, other.last) <= 0;
      long last = endsFirst ? one.last : other.last;
      if (Long.compareUnsigned(first, last) <= 0) {
        common.add(new HashRange(first, last));
      }
      at += endsFirst ? 1 : 0;
      there += endsFirst ? 0 : 1;
    }
    return common;
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
