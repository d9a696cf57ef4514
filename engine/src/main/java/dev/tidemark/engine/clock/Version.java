package dev.tidemark.engine.clock;

import dev.tidemark.engine.causality.Dot;

/**
 * When and by whom: the total order of last-writer-wins, stamp first, then replica, both unsigned.
 * The sequence is the operation's own, kept so that a conflict can be told from the vectors; it
 * never decides between two honest operations, which differ in stamp or replica.
 */
public record Version(long stamp, long replica, long sequence) implements Comparable<Version> {
  /** The operation itself. */
  public Dot dot() {
    return new Dot(replica, sequence);
  }

  @Override
  public int compareTo(Version other) {
    int order = Long.compareUnsigned(stamp, other.stamp);
    if (order == 0) {
      order = Long.compareUnsigned(replica, other.replica);
    }
    return order != 0 ? order : Long.compare(sequence, other.sequence);
  }
}
