package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An element of a lattice, standing on its own: a delta, or a whole state. */
public record KeyDelta(byte[] head, SortedMap<Bytes, byte[]> cells) implements KeyView {
  private static final SortedMap<Bytes, byte[]> NO_CELLS =
      Collections.unmodifiableSortedMap(new TreeMap<>());
  private static final int MIN_CELL_BYTES = 2;
  // A composed id escapes each zero byte of two parts into two, between them a separator.
  private static final int MAX_CELL_ID_BYTES = 3 * Limits.MAX_ELEMENT_BYTES + 2;

  /** A head alone. */
  public static KeyDelta ofHead(byte[] head) {
    return new KeyDelta(head, NO_CELLS);
  }

  /** A head with one cell. */
  public static KeyDelta of(byte[] head, Bytes id, byte[] cell) {
    TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    cells.put(id, cell);
    return new KeyDelta(head, cells);
  }

  @Override
  public byte @Nullable [] cell(Bytes id) {
    return cells.get(id);
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    Bytes to = range.to();
    SortedMap<Bytes, byte[]> tail = cells.tailMap(range.from());
    for (var entry : (to == null ? tail : tail.headMap(to)).entrySet()) {
      if (!visitor.visit(entry.getKey(), entry.getValue())) {
        return;
      }
    }
  }

  /** Writes head length, head, cell count, then id and cell of each, in order. */
  public void encode(ByteWriter out) {
    out.bytes(head).varint(cells.size());
    // An iterator over nothing costs more than writing that there is nothing.
    if (!cells.isEmpty()) {
      cells.forEach((id, cell) -> out.bytes(id).bytes(cell));
    }
  }

  /** How many bytes {@link #encode} writes. */
  public int encodedLength() {
    long length = lengthOf(head.length) + ByteWriter.varintLength(cells.size());
    if (!cells.isEmpty()) {
      for (var entry : cells.entrySet()) {
        length += lengthOf(entry.getKey().length()) + lengthOf(entry.getValue().length);
      }
    }
    return Math.toIntExact(length);
  }

  private static long lengthOf(int bytes) {
    return (long) ByteWriter.varintLength(bytes) + bytes;
  }

  /** The bytes of {@link #encode}. */
  public byte[] toByteArray() {
    ByteWriter out = new ByteWriter(encodedLength());
    encode(out);
    return out.take();
  }

  /** Reads what {@link #encode} wrote; what head and cells hold is the strategy's to judge. */
  public static KeyDelta decode(ByteReader in) {
    byte[] head = in.bytes("head bytes", Limits.MAX_COMMIT_BYTES);
    int n = in.items("cells", MIN_CELL_BYTES);
    if (n == 0) {
      return ofHead(head);
    }
    TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      Bytes id = Bytes.wrap(in.bytes("cell id bytes", MAX_CELL_ID_BYTES));
      if (!cells.isEmpty() && cells.lastKey().compareTo(id) >= 0) {
        throw in.malformed("cells are out of order");
      }
      cells.put(id, in.bytes("cell bytes", Limits.MAX_COMMIT_BYTES));
    }
    return new KeyDelta(head, cells);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyDelta that
        && java.util.Arrays.equals(toByteArray(), that.toByteArray());
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(toByteArray());
  }
}
