package dev.tidemark.engine.lattice;

import dev.tidemark.engine.causality.VersionVector;
import org.jspecify.annotations.Nullable;

/**
 * What a state holds of one kind that no reader sees.
 *
 * @param count how many
 * @param bytes what they take up, as they are encoded
 * @param newestStamp the hybrid time of the newest; 0 if they have none
 * @param known the operations they stand for, if they say so
 */
public record Remains(
    Kind kind, long count, long bytes, long newestStamp, @Nullable VersionVector known) {
  /** What it is, and what it is there for. */
  public enum Kind {
    /** Of a register or a field: it takes older writes that may still arrive. */
    TOMBSTONE("tombstones", true),
    /** Of a map: the newest delete of the key. */
    CUT("cut of older fields", true),
    /** Of {@code epoch-max}: answers, should a delete take the older and greater ones. */
    RESERVE("points in reserve", true),
    /** Of counters: totals that deletes have seen. */
    BASELINE("counter baselines", false),
    /** Of sets, flags and registers that observe: which operations are known. */
    CONTEXT("causal context", true),
    /** Of journals: which events are known. */
    VECTOR("vector of events", false);

    private final String noun;
    private final boolean collectable;

    Kind(String noun, boolean collectable) {
      this.noun = noun;
      this.collectable = collectable;
    }

    /** What people call it. */
    public String noun() {
      return noun;
    }

    /** Whether it may go once everybody has seen it, a context only with the last of its key. */
    public boolean isCollectable() {
      return collectable;
    }
  }
}
