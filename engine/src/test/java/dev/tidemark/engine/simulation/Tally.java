package dev.tidemark.engine.simulation;

import java.util.EnumMap;
import java.util.Map;

/** How often each kind of step was done. */
final class Tally {
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

  void count(Kind kind) {
    counts.merge(kind, 1L, Long::sum);
  }

  long of(Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (Kind kind : Kind.values()) {
      out.append(
          String.format("%,14d  %s%n", of(kind), kind.name().toLowerCase().replace('_', ' ')));
    }
    return out.toString();
  }
}
