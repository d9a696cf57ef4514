package dev.tidemark.type;

import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;

/**
 * A place in the order of a journal's events: by hybrid time, then by replica, both unsigned. It
 * need not have an event.
 *
 * @param stamp the hybrid time
 * @param replica the replica id
 */
public record JournalPosition(long stamp, long replica) implements Comparable<JournalPosition> {
  /** Before every event. */
  public static final JournalPosition START = new JournalPosition(0, 0);

  /** Before every event of a wall time, in milliseconds since 1970, or later. */
  public static JournalPosition ofMillis(long wallMillis) {
    return new JournalPosition(HybridTimestamp.ofMillis(wallMillis), 0);
  }

  /** The place directly behind this one: where the next page begins. */
  public JournalPosition next() {
    return replica == -1
        ? new JournalPosition(stamp + 1, 0)
        : new JournalPosition(stamp, replica + 1);
  }

  @Override
  public int compareTo(JournalPosition other) {
    int byStamp = Long.compareUnsigned(stamp, other.stamp);
    return byStamp != 0 ? byStamp : Long.compareUnsigned(replica, other.replica);
  }

  /** The least id that a cell at this place or behind it can have. */
  Bytes cellId() {
    ByteWriter out = new ByteWriter(2 * Long.BYTES);
    return Bytes.wrap(out.i64BigEndian(stamp).i64BigEndian(replica).toByteArray());
  }
}
