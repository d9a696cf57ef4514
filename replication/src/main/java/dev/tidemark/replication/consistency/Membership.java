package dev.tidemark.replication.consistency;

import java.util.Set;

/**
 * Who counts for a level.
 *
 * @param count how many members there are, this one and those not met yet included
 * @param others the replica ids of the others that are known
 */
public record Membership(int count, Set<Long> others) {
  /** Copies the ids. */
  public Membership {
    others = Set.copyOf(others);
  }
}
