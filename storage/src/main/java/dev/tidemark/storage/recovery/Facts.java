package dev.tidemark.storage.recovery;

import dev.tidemark.storage.log.LogCondition;

/**
 * All that the choice of a case depends on.
 *
 * @param birth whether there is an identity, and whether the first open came to its end
 * @param empty whether neither log nor state hold anything
 * @param log how the log was found
 * @param logFromStart whether the log reaches back to position 1
 * @param mark the durable mark against what there is
 * @param state how the state was found
 * @param reach the state against the log; {@link Reach#EVEN} where one of them is missing
 * @param snapshot whether a good snapshot reaches the first position of a log that begins after 1;
 *     asked only where the state does not
 * @param provenance whether the identity is this directory's and the newest
 */
record Facts(
    Birth birth,
    boolean empty,
    LogCondition log,
    boolean logFromStart,
    Mark mark,
    State state,
    Reach reach,
    boolean snapshot,
    Provenance provenance) {

  /** Whether there is a state to go on from. */
  boolean hasState() {
    return state == State.WHOLE && reach != Reach.CUT_OFF;
  }

  /** How far the store's first open got. */
  enum Birth {
    /** There is no identity. */
    NONE,
    /** There is one, but perhaps no log and no state yet. */
    UNFINISHED,
    /** There has been a log and a state. */
    DONE,
    /** A restore was decided, and has not come to its end. */
    RESTORED
  }

  /** The durable mark. */
  enum Mark {
    /** Log or state reach it. */
    KEPT,
    /** Neither does: something that was promised is missing. */
    BROKEN,
    /** It is gone, or neither of its slots can be read. */
    MISSING
  }

  /** The state. */
  enum State {
    /** There is none. */
    ABSENT,
    /** It opens, and is not under suspicion. */
    WHOLE,
    /** It does not open, or fails the examination that a suspicion asks for. */
    DAMAGED
  }

  /** How far the state is, against the log. */
  enum Reach {
    /** As far as the log. */
    EVEN,
    /** The log has more. */
    BEHIND,
    /** The state has more. */
    AHEAD,
    /** The log begins only after it. */
    CUT_OFF
  }

  /** Where the identity comes from. */
  enum Provenance {
    /** It was taken in this directory, and nothing newer is known. */
    OWN,
    /** It was taken elsewhere: the directory is a copy. */
    COPIED,
    /** The state knows a replica id that it does not. */
    OLD
  }
}
