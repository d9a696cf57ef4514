package dev.tidemark.tools.load;

import dev.tidemark.type.Durability;

/**
 * How many commits of a writer have to be in the store, and how many can be.
 *
 * @param least commits that lie within what was recovered of the log
 * @param most those that can lie there, with the one that was being made
 * @param required acknowledged commits that have to be there by their durability
 */
record LaneBounds(long least, long most, long required) {
  /**
   * The bounds of a writer.
   *
   * @param logEnd the last position that was recovered
   * @param level what the commits had to survive
   */
  static LaneBounds of(
      AckLog log, SessionHeader session, int index, long logEnd, Durability level) {
    if (session.kind() == SessionHeader.Kind.CHECK) {
      return new LaneBounds(0, CheckSession.COMMITS, 0);
    }
    LaneAcks acks = log.acks(session.lane(index));
    long end = log.endOf(session, logEnd);
    long most = acks.possiblyWithin(end);
    long required =
        level == Durability.BUFFERED ? acks.count() : acks.surelyWithin(log.durableOf(session));
    // The last one may be in without its maker having been told.
    return new LaneBounds(acks.surelyWithin(end), most == acks.count() ? most + 1 : most, required);
  }

  /** The bounds of a writer that has made so many, and was not killed. */
  static LaneBounds exactly(long commits) {
    return new LaneBounds(commits, commits, commits);
  }
}
