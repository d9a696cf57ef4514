package dev.tidemark.engine.causality;

/**
 * One operation: the replica that made it and its place in that replica's own log, from 1. Replica
 * ids are unsigned. Dots are never reused.
 */
public record Dot(long replica, long sequence) implements Comparable<Dot> {
  @Override
  public int compareTo(Dot other) {
    int byReplica = Long.compareUnsigned(replica, other.replica);
    return byReplica != 0 ? byReplica : Long.compare(sequence, other.sequence);
  }

  @Override
  public String toString() {
    return ReplicaId.format(replica) + "#" + sequence;
  }
}
