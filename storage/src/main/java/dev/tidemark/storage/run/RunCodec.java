package dev.tidemark.storage.run;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import java.util.Arrays;

/**
 * The bytes of a record.
 *
 * <pre>
 *   strategy tag u8, prefix length u8, key bytes, part u8 [, range], delta length varint, delta
 *
 *   part:  0 all of it, 1 a part, 2 the last part; a part is followed by its range
 *   range: from bytes, bounded u8 [, to bytes]
 * </pre>
 *
 * The prefix is the first bytes of the key, as in a commit.
 */
public final class RunCodec {
  /** The fewest bytes of a record. */
  public static final int MIN_RECORD_BYTES = 7;

  static final int WHOLE = 0;
  private static final int PART = 1;
  private static final int LAST_PART = 2;
  private static final int MAX_CELL_ID_BYTES = 3 * Limits.MAX_ELEMENT_BYTES + 2;

  private RunCodec() {}

  /** Writes a record. */
  public static void encode(RunRecord entry, ByteWriter out) {
    Namespace namespace = entry.namespace();
    out.u8(namespace.strategy().tag()).u8(namespace.prefix().length()).bytes(entry.key());
    encode(entry.part(), out);
    out.varint(entry.delta().encodedLength());
    entry.delta().encode(out);
  }

  /** At least how many bytes a record takes. */
  static int roomFor(RunRecord entry) {
    return entry.key().length() + entry.delta().encodedLength() + 16;
  }

  private static void encode(KeyPart part, ByteWriter out) {
    if (part.isWhole()) {
      out.u8(WHOLE);
      return;
    }
    Bytes to = part.range().to();
    out.u8(part.last() ? LAST_PART : PART).bytes(part.range().from()).u8(to == null ? 0 : 1);
    if (to != null) {
      out.bytes(to);
    }
  }

  /**
   * Reads a record, and holds its delta to its strategy and to the limits.
   *
   * @throws MalformedException naming what is wrong
   */
  public static RunRecord decode(ByteReader in) {
    Strategy strategy = Strategy.ofTag(in.u8());
    int prefixLength = in.u8();
    byte[] key = in.bytes("key bytes", Limits.MAX_KEY_BYTES);
    if (key.length == 0 || prefixLength > key.length) {
      throw in.malformed("key is shorter than its prefix");
    }
    Bytes prefix = Bytes.wrap(Arrays.copyOf(key, prefixLength));
    if (!Bytes.wrap(key).isUtf8() || !prefix.isUtf8()) {
      throw in.malformed("key or prefix is not UTF-8");
    }
    KeyPart part = decodePart(in);
    ByteReader deltaBytes = in.slice("delta bytes");
    KeyDelta delta = KeyDelta.decode(deltaBytes);
    deltaBytes.expectEnd();
    RunRecord record = new RunRecord(new Namespace(prefix, strategy), Bytes.wrap(key), part, delta);
    if (!record.isNothing()) {
      strategy.lattice().validate(delta);
    }
    for (Bytes id : delta.cells().keySet()) {
      if (!part.range().contains(id)) {
        throw in.malformed("part holds a cell that is not of its range");
      }
    }
    return record;
  }

  /** Passes over the part. */
  static void skipPart(ByteReader in) {
    if (in.u8() != WHOLE) {
      in.slice("cell id bytes");
      if (in.u8() != 0) {
        in.slice("cell id bytes");
      }
    }
  }

  private static KeyPart decodePart(ByteReader in) {
    int kind = in.u8();
    if (kind == WHOLE) {
      return KeyPart.WHOLE;
    }
    if (kind > LAST_PART) {
      throw in.malformed("part of a key is of no known kind");
    }
    Bytes from = Bytes.wrap(in.bytes("cell id bytes", MAX_CELL_ID_BYTES));
    int bounded = in.u8();
    if (bounded > 1) {
      throw in.malformed("range of cells has no known end");
    }
    CellRange range =
        bounded == 0
            ? new CellRange(from, null)
            : new CellRange(from, Bytes.wrap(in.bytes("cell id bytes", MAX_CELL_ID_BYTES)));
    KeyPart part = new KeyPart(range, kind == LAST_PART);
    if (part.isWhole() || (range.to() != null && range.to().compareTo(from) < 0)) {
      throw in.malformed("range of cells is out of order");
    }
    return part;
  }
}
