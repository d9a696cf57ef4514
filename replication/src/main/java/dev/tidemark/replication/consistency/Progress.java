package dev.tidemark.replication.consistency;

import dev.tidemark.engine.causality.ReplicaId;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * How far a level was reached.
 *
 * @param level the level
 * @param members how many members there are
 * @param needed how many the level needs
 * @param reached those that were: names by replica id, in signed order; this one is among them
 */
public record Progress(Level level, int members, int needed, SortedMap<Long, String> reached) {
  /** Whether those are enough. */
  public boolean isEnough() {
    return reached.size() >= needed;
  }

  /** The names of those that were reached, in order. */
  public List<String> names() {
    return reached.values().stream().sorted().toList();
  }

  @Override
  public String toString() {
    return reached.entrySet().stream()
        .map(entry -> entry.getValue() + " (" + ReplicaId.format(entry.getKey()) + ")")
        .collect(Collectors.joining(", "));
  }
}
