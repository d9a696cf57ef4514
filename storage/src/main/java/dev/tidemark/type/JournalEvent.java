package dev.tidemark.type;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridTimestamp;

/**
 * One event of a journal, with its place in the order and its vector clock.
 *
 * @param stamp the hybrid time it was appended at
 * @param replica the replica that appended it
 * @param sequence its place among that replica's operations
 * @param seen the events of this journal that the replica had seen by then
 * @param event what happened
 * @param <E> the type of the event
 */
public record JournalEvent<E>(
    long stamp, long replica, long sequence, VersionVector seen, E event) {
  /** The wall time of its stamp, in milliseconds since 1970. */
  public long millis() {
    return HybridTimestamp.wallMillis(stamp);
  }

  /** Its place in the journal. */
  public JournalPosition position() {
    return new JournalPosition(stamp, replica);
  }

  /** Whether the maker of the other event had seen this one. */
  public boolean happenedBefore(JournalEvent<?> other) {
    return other.seen.contains(dot());
  }

  /** Whether these are two events and neither's maker had seen the other. */
  public boolean isConcurrentWith(JournalEvent<?> other) {
    return !dot().equals(other.dot()) && !happenedBefore(other) && !other.happenedBefore(this);
  }

  private Dot dot() {
    return new Dot(replica, sequence);
  }
}
