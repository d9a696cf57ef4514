package dev.tidemark.engine.journal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.OperationId;

/**
 * One event of a journal.
 *
 * <pre>
 *   id:   stamp i64 BE, replica u64 BE            sorts by (stamp, replica)
 *   cell: sequence varint, seen vector, event     seen: the events of this journal its maker had seen
 * </pre>
 */
public record JournalCell(OperationId id, VersionVector seen, Bytes event) {
  private static final int ID_BYTES = 2 * Long.BYTES;

  /** The cell's id: where the event stands. */
  public Bytes cellId() {
    ByteWriter out = new ByteWriter(ID_BYTES);
    return Bytes.wrap(out.i64BigEndian(id.stamp()).i64BigEndian(id.replica()).toByteArray());
  }

  /** The cell's bytes. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter(16 + event.length());
    out.varint(id.sequence());
    seen.encode(out);
    return out.raw(event.array()).toByteArray();
  }

  /** Reads a cell under its id. */
  public static JournalCell decode(Bytes cellId, byte[] cell) {
    ByteReader idIn = new ByteReader(cellId.array());
    long stamp = idIn.i64BigEndian();
    long replica = idIn.i64BigEndian();
    idIn.expectEnd();
    ByteReader in = new ByteReader(cell);
    long sequence = in.varint();
    VersionVector seen = VersionVector.decode(in);
    if (stamp < 1 || replica == 0 || sequence < 1) {
      throw in.malformed("event id is out of range");
    }
    if (seen.get(replica) >= sequence || in.remaining() > Limits.MAX_VALUE_BYTES) {
      throw in.malformed("event has seen itself, or is too long");
    }
    return new JournalCell(new OperationId(replica, sequence, stamp), seen, Bytes.wrap(in.rest()));
  }

  /** Whether neither event's maker had seen the other. */
  public boolean isConcurrentWith(JournalCell other) {
    return !seen.contains(other.dot()) && !other.seen.contains(dot()) && !dot().equals(other.dot());
  }

  private Dot dot() {
    return id.dot();
  }
}
