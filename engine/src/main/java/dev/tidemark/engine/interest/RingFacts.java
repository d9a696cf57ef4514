package dev.tidemark.engine.interest;

import dev.tidemark.engine.interest.RingWord.Phase;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a store has heard of rings: those that were announced, and how far who is with them. The
 * greatest ring is the current one; no word said of another counts for it.
 *
 * @param rings by their ids
 * @param words the newest of each member
 */
public record RingFacts(SortedMap<RingId, Ring> rings, Map<String, RingWord> words) {
  /** Of a cluster without a ring. */
  public static final RingFacts NONE = new RingFacts(new TreeMap<>(), Map.of());

  /** Takes copies. */
  public RingFacts {
    rings = Collections.unmodifiableSortedMap(new TreeMap<>(rings));
    words = Map.copyOf(words);
  }

  /** The current ring; null if there is none. */
  public @Nullable Ring current() {
    return rings.isEmpty() ? null : rings.get(rings.lastKey());
  }

  /** The id of the current ring. */
  public RingId currentId() {
    return rings.isEmpty() ? RingId.NONE : rings.lastKey();
  }

  /** How far one is with the current ring. */
  public Phase phase(String name) {
    RingWord word = words.get(name);
    return word != null && word.ring().equals(currentId()) ? word.phase() : Phase.AWAITING;
  }

  /** Under which ring one last gave up writing to keys of others. */
  public RingId closed(String name) {
    RingWord word = words.get(name);
    return word == null ? RingId.NONE : word.closed();
  }

  /** Whether all whom the current ring's hand-over waits for have come so far. */
  public boolean haveAll(Phase phase) {
    Ring ring = current();
    return ring != null
        && ring.participants().stream().allMatch(name -> phase(name).compareTo(phase) >= 0);
  }

  /** Whether all has been handed over that the current ring moves. */
  public boolean isSettled() {
    return haveAll(Phase.DONE);
  }

  /** Whether all others know that all is handed over. */
  boolean isKnownToBeSettled(String self) {
    Ring ring = current();
    return ring != null
        && ring.participants().stream()
            .filter(name -> !name.equals(self))
            .allMatch(name -> phase(name) == Phase.SETTLED);
  }

  /** Whom the others wait for: those that are least far, unless all is handed over. */
  public SortedSet<String> awaited() {
    TreeSet<String> awaited = new TreeSet<>();
    Ring ring = current();
    if (ring != null && !isSettled()) {
      Phase least = Phase.DONE;
      for (String name : ring.participants()) {
        Phase phase = phase(name);
        if (phase.compareTo(least) < 0) {
          awaited.clear();
          least = phase;
        }
        if (phase == least) {
          awaited.add(name);
        }
      }
    }
    return Collections.unmodifiableSortedSet(awaited);
  }
}
