package dev.tidemark.engine.causal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is alive under one element, field or register, and which earlier operations the cell's own
 * operations override. States hold no overridden dots: their context says that already.
 *
 * <pre>
 *   live varint,   then per dot: replica u64, sequence varint, value length varint, value
 *   killed varint, then per dot: replica u64, sequence varint
 * </pre>
 */
record DotCell(SortedMap<Dot, Bytes> live, SortedSet<Dot> killed) {
  /** Nothing alive, nothing overridden. */
  static final DotCell EMPTY =
      new DotCell(
          Collections.unmodifiableSortedMap(new TreeMap<>()),
          Collections.unmodifiableSortedSet(new TreeSet<>()));

  private static final int MIN_LIVE_BYTES = 10;
  private static final int MIN_KILLED_BYTES = 9;

  static DotCell decode(byte @Nullable [] cell) {
    if (cell == null) {
      return EMPTY;
    }
    ByteReader in = new ByteReader(cell);
    DotCell decoded = decode(in);
    in.expectEnd();
    if (decoded.isEmpty()) {
      throw in.malformed("cell says nothing");
    }
    return decoded;
  }

  static DotCell decode(ByteReader in) {
    TreeMap<Dot, Bytes> live = new TreeMap<>();
    int n = in.items("live dots", MIN_LIVE_BYTES);
    for (int i = 0; i < n; i++) {
      Dot dot = decodeDot(in, live.isEmpty() ? null : live.lastKey());
      live.put(dot, Bytes.wrap(in.bytes("value bytes", Limits.MAX_VALUE_BYTES)));
    }
    TreeSet<Dot> killed = new TreeSet<>();
    int k = in.items("killed dots", MIN_KILLED_BYTES);
    for (int i = 0; i < k; i++) {
      Dot dot = decodeDot(in, killed.isEmpty() ? null : killed.last());
      if (live.containsKey(dot)) {
        throw in.malformed("dot is both alive and killed");
      }
      killed.add(dot);
    }
    return new DotCell(live, killed);
  }

  private static Dot decodeDot(ByteReader in, @Nullable Dot before) {
    Dot dot = new Dot(in.i64(), in.varint());
    if (dot.replica() == 0 || dot.sequence() < 1) {
      throw in.malformed("dot is out of range");
    }
    if (before != null && before.compareTo(dot) >= 0) {
      throw in.malformed("dots are out of order");
    }
    return dot;
  }

  void encode(ByteWriter out) {
    out.varint(live.size());
    live.forEach((dot, value) -> out.i64(dot.replica()).varint(dot.sequence()).bytes(value));
    out.varint(killed.size());
    killed.forEach(dot -> out.i64(dot.replica()).varint(dot.sequence()));
  }

  /** The cell's bytes, or null for a cell that says nothing. */
  byte @Nullable [] encode() {
    if (isEmpty()) {
      return null;
    }
    ByteWriter out = new ByteWriter(16 + (live.size() + killed.size()) * 16);
    encode(out);
    return out.toByteArray();
  }

  boolean isEmpty() {
    return live.isEmpty() && killed.isEmpty();
  }

  /**
   * The cell of an operation that overrides what is alive here, and puts itself there if it has a
   * value.
   */
  DotCell overriddenBy(Dot dot, @Nullable Bytes value) {
    TreeMap<Dot, Bytes> own = new TreeMap<>();
    if (value != null) {
      own.put(dot, value);
    }
    return new DotCell(own, new TreeSet<>(live.keySet()));
  }

  /** The distinct values that are alive, sorted. */
  List<Bytes> values() {
    return new ArrayList<>(new TreeSet<>(live.values()));
  }
}
