package dev.tidemark.storage.membership;

import dev.tidemark.engine.interest.HandOver;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.interest.RingFacts;
import dev.tidemark.engine.interest.RingId;
import dev.tidemark.engine.interest.RingWord.Phase;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ring that a store follows, how far its hand-over is, and what the store holds for it.
 *
 * @param ring the current one; null if none was announced
 * @param id the current ring's
 * @param phases how far each is for whom the hand-over waits: members, and those that leave
 * @param isSettled whether all is handed over
 * @param awaited whom the others wait for: those that are least far; nobody once it is settled
 * @param self what the store is called in rings; null if it follows none
 * @param share the keys that the store owns
 * @param held the keys that it holds; more than it owns until the ring is settled
 * @param wanted the keys that it is to hold, what it holds among it
 * @param isFree whether it owns nothing, and nobody needs what it has: it may be closed for ever
 * @param hasLeftovers whether something may be left of keys that it has given away, which it has
 *     still to remove
 */
public record RingReport(
    @Nullable Ring ring,
    RingId id,
    SortedMap<String, Phase> phases,
    boolean isSettled,
    SortedSet<String> awaited,
    @Nullable String self,
    Interest share,
    Interest held,
    Interest wanted,
    boolean isFree,
    boolean hasLeftovers) {
  /**
   * How things look to a store.
   *
   * @param self what the store is called; null if it follows no ring, or that is not known
   * @param freed outside of which keys nothing is left; null if nothing was ever removed
   */
  public static RingReport of(
      RingFacts facts, @Nullable String self, Interest held, Supplier<@Nullable Interest> freed) {
    Ring ring = facts.current();
    HandOver own = ring == null || self == null ? null : new HandOver(facts, self, held);
    return new RingReport(
        ring,
        facts.currentId(),
        phases(facts),
        facts.isSettled(),
        facts.awaited(),
        self,
        own == null ? Interest.NONE : own.share(),
        held,
        own == null ? held : own.wanted(),
        own != null && own.isFree(),
        own == null
            ? ring != null && hasLeftovers(facts, ring, held, freed.get())
            : own.mayHaveLeftovers() && !Objects.equals(freed.get(), held));
  }

  /** Of one whose name is not known: it was begun, or somebody owns just what is held. */
  private static boolean hasLeftovers(
      RingFacts facts, Ring ring, Interest held, @Nullable Interest freed) {
    if (freed != null || held.equals(Interest.NONE)) {
      return freed != null && !held.isAll() && !held.equals(freed);
    }
    return ring.participants().stream()
        .anyMatch(name -> new HandOver(facts, name, held).mayHaveLeftovers());
  }

  private static SortedMap<String, Phase> phases(RingFacts facts) {
    TreeMap<String, Phase> phases = new TreeMap<>();
    Ring ring = facts.current();
    if (ring != null) {
      ring.participants().forEach(name -> phases.put(name, facts.phase(name)));
    }
    return Collections.unmodifiableSortedMap(phases);
  }
}
