package dev.tidemark.storage.state;

import dev.tidemark.engine.causality.VersionVector;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far the state got.
 *
 * @param applied the log position up to which it is folded; 0 before anything is
 * @param clock the greatest stamp folded
 * @param origins what is folded of each replica, in unsigned order of their ids
 */
public record Progress(long applied, long clock, SortedMap<Long, OriginRow> origins) {
  /** Nothing is folded. */
  public static final Progress NONE = new Progress(0, 0, noOrigins());

  /** What is folded of a replica, or null if nothing is. */
  public @Nullable OriginRow origin(long replica) {
    return origins.get(replica);
  }

  /** The operations that are folded. */
  public VersionVector vector() {
    VersionVector vector = VersionVector.EMPTY;
    for (var entry : origins.entrySet()) {
      vector = vector.with(entry.getKey(), entry.getValue().sequence());
    }
    return vector;
  }

  /** This progress with newer rows of some replicas. */
  Progress with(long newApplied, long newClock, SortedMap<Long, OriginRow> rows) {
    TreeMap<Long, OriginRow> merged = noOrigins();
    merged.putAll(origins);
    merged.putAll(rows);
    return new Progress(newApplied, newClock, Collections.unmodifiableSortedMap(merged));
  }

  /** An empty map in the order that rows are stored in. */
  static TreeMap<Long, OriginRow> noOrigins() {
    return new TreeMap<>(Long::compareUnsigned);
  }
}
