package dev.tidemark.engine.interest;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.RingWord.Phase;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member has to do for the current ring, as a function of what it has heard and holds. Words
 * alone carry it, since they are logged behind what they speak of, and logs are causal.
 *
 * <ol>
 *   <li>Each gets the keys that it owns, beside those that it holds, and says {@code HELD}.
 *   <li>Have all said so, it gives up writing to the keys of others, and says {@code CLOSED} in the
 *       same moment. So the old owners of a key take updates until the new ones do.
 *   <li>Have all said so, it has all that anybody wrote to its keys before, and says {@code DONE}.
 *   <li>Have all said so, nobody needs what it holds of others' keys: it lets go of them, and says
 *       {@code SETTLED}. Who leaves may go when all others have said that: before, one may still
 *       wait to hear of it.
 * </ol>
 *
 * <p>A newer ring takes the place of the current one at any time. Whoever relied on a word that was
 * said before relied on what the member goes on doing: it holds what it held, and takes updates of
 * all keys that it owns under any ring since the one that it last closed for. Immutable.
 */
public final class HandOver {
  private final RingFacts facts;
  private final Ring ring;
  private final String self;
  private final Interest held;
  private final boolean takesPart;
  private final Interest share;
  private final Interest wanted;

  /** What it owns under the rings since the one that it closed for; what it holds if for none. */
  private final List<Interest> owned;

  private final boolean holdsAllOwned;

  /**
   * Looks.
   *
   * @param facts what it has heard, of a ring at least
   * @param self what the member is called
   * @param held the keys that it holds
   */
  public HandOver(RingFacts facts, String self, Interest held) {
    Ring current = facts.current();
    if (current == null) {
      throw Problem.of("no ring was announced").illegalState();
    }
    this.facts = facts;
    this.ring = current;
    this.self = self;
    this.held = held;
    this.takesPart = current.participants().contains(self);
    this.share = current.interest(self);
    this.wanted = wanted(held, share);
    this.owned = takesPart ? owned() : List.of();
    this.holdsAllOwned = owned.stream().allMatch(held::covers);
  }

  private List<Interest> owned() {
    RingId closed = facts.closed(self);
    return closed.equals(RingId.NONE)
        ? List.of(held)
        : facts.rings().tailMap(closed).values().stream()
            .map(since -> since.interest(self))
            .distinct()
            .toList();
  }

  /** The current ring. */
  public Ring ring() {
    return ring;
  }

  /** The keys that the member owns. */
  public Interest share() {
    return share;
  }

  /** All that it is to hold, what it holds among it: all keys if that were too many parts. */
  public Interest wanted() {
    return wanted;
  }

  private static Interest wanted(Interest held, Interest share) {
    if (held.covers(share)) {
      return held;
    }
    try {
      return held.union(share);
    } catch (IllegalArgumentException tooManyParts) {
      // It lets go of what is too much when the ring is settled.
      return Interest.ALL;
    }
  }

  /** Whether it takes updates of a key from its users. */
  public boolean mayWrite(Bytes key) {
    return Namespace.isReserved(key)
        || (owned.stream().anyMatch(interest -> interest.covers(key))
            && (holdsAllOwned || held.covers(key)));
  }

  /** What it has to say next; null if nothing. */
  public @Nullable RingWord nextWord() {
    Phase said = facts.phase(self);
    RingId closed = facts.closed(self);
    if (!takesPart) {
      return null;
    }
    if (!held.covers(share)) {
      return said == Phase.AWAITING ? null : word(Phase.AWAITING, closed);
    }
    return switch (said) {
      case AWAITING -> word(Phase.HELD, closed);
      case HELD -> facts.haveAll(Phase.HELD) ? word(Phase.CLOSED, facts.currentId()) : null;
      case CLOSED -> facts.haveAll(Phase.CLOSED) ? word(Phase.DONE, facts.currentId()) : null;
      case DONE -> facts.isSettled() ? word(Phase.SETTLED, facts.currentId()) : null;
      case SETTLED -> null;
    };
  }

  private RingWord word(Phase phase, RingId closed) {
    return new RingWord(facts.currentId(), phase, closed);
  }

  /** What it is to hold alone from now on; null if that is what it holds, or not yet time. */
  public @Nullable Interest keeps() {
    return isOver() && held.covers(share) && !held.equals(share) ? share : null;
  }

  /** Whether it holds what it owns and no more, and nobody needs what is left of the rest. */
  public boolean isDone() {
    return isOver() && held.equals(share);
  }

  /** Whether something may be left of keys that it has given away, which is to be removed. */
  public boolean mayHaveLeftovers() {
    return isDone() && !held.isAll();
  }

  private boolean isOver() {
    return facts.isSettled() || hasLeft();
  }

  /**
   * Whether the ring does not wait for it, though it may hold keys: those that another ring gave it
   * that was announced at once and does not count, or those that it was opened with. Others own
   * them once the ring is settled; what it wrote to them they may not have yet.
   */
  public boolean isAside() {
    return !takesPart && !hasLeft();
  }

  /**
   * Whether it owns nothing, and nobody needs what it has any more, nor waits to hear of it. The
   * ring that says that it has left may be one of two that were announced at once, and the other
   * one wait for it: but not once all have followed this one.
   */
  public boolean isFree() {
    boolean isKnown = takesPart ? facts.isKnownToBeSettled(self) : hasLeft() && facts.isSettled();
    return isKnown && !ring.members().contains(self);
  }

  /** It left with a ring that was settled, as a later one says. */
  private boolean hasLeft() {
    RingWord word = facts.words().get(self);
    return !takesPart
        && word != null
        && word.phase().compareTo(Phase.DONE) >= 0
        && word.ring().epoch() <= ring.settled();
  }
}
