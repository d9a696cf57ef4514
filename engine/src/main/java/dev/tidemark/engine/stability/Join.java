package dev.tidemark.engine.stability;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;

/**
 * A replica became a member. It is an operation of its sponsor, so whoever has not seen it has not
 * seen the sponsor go on either, and cannot have forgotten what is later: a joiner that first waits
 * until it has seen its own joining writes above every floor. The first member is its own sponsor.
 *
 * @param replica who joined
 * @param by the operation
 * @param stamp the operation's stamp: below all that the joiner writes
 * @param seen what the sponsor had seen: so has the joiner, before it writes
 */
public record Join(long replica, Dot by, long stamp, VersionVector seen) {
  /** The joiner's row, as long as nothing else is known of it. */
  Row row() {
    return new Row(0, stamp, seen.with(by.replica(), by.sequence()));
  }
}
