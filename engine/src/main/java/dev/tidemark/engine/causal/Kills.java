package dev.tidemark.engine.causal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Wholesale overrides, by the prefix of the cells they reach: every operation there that the vector
 * has seen. The empty prefix is the delete of a key, a field's prefix the remove of a field with
 * many cells. A million elements go with one small vector.
 */
record Kills(SortedMap<Bytes, VersionVector> byPrefix) {
  static final Kills NONE = new Kills(Collections.unmodifiableSortedMap(new TreeMap<>()));

  private static final int MAX_PREFIX_BYTES = 2 * Limits.MAX_ELEMENT_BYTES + 2;

  static Kills of(Bytes prefix, VersionVector seen) {
    if (seen.isEmpty()) {
      return NONE;
    }
    TreeMap<Bytes, VersionVector> one = new TreeMap<>();
    one.put(prefix, seen);
    return new Kills(one);
  }

  boolean isEmpty() {
    return byPrefix.isEmpty();
  }

  boolean reach(Bytes cellId, Dot dot) {
    for (var entry : byPrefix.entrySet()) {
      if (cellId.startsWith(entry.getKey()) && entry.getValue().contains(dot)) {
        return true;
      }
    }
    return false;
  }

  /** Both, less what the context of the whole implies and what a wider kill says already. */
  Kills join(Kills other, Context whole) {
    if (whole.isState() || (isEmpty() && other.isEmpty())) {
      return NONE;
    }
    TreeMap<Bytes, VersionVector> both = new TreeMap<>(byPrefix);
    other.byPrefix.forEach((prefix, seen) -> both.merge(prefix, seen, VersionVector::join));
    TreeMap<Bytes, VersionVector> needed = new TreeMap<>();
    both.forEach(
        (prefix, seen) -> {
          VersionVector rest = needed(prefix, trim(seen, whole), needed);
          if (!rest.isEmpty()) {
            needed.put(prefix, rest);
          }
        });
    return new Kills(needed);
  }

  /** Dots that the whole knows and does not hold are overridden anyway. */
  private static VersionVector trim(VersionVector seen, Context whole) {
    VersionVector.Builder trimmed = new VersionVector.Builder(seen.size());
    for (int i = 0; i < seen.size(); i++) {
      long replica = seen.replicaAt(i);
      trimmed.add(replica, whole.unknownUpTo(replica, seen.sequenceAt(i)));
    }
    return trimmed.build();
  }

  private static VersionVector needed(
      Bytes prefix, VersionVector seen, SortedMap<Bytes, VersionVector> wider) {
    VersionVector rest = seen;
    for (var entry : wider.entrySet()) {
      if (prefix.startsWith(entry.getKey())) {
        for (int i = 0; i < seen.size(); i++) {
          long replica = seen.replicaAt(i);
          if (entry.getValue().get(replica) >= seen.sequenceAt(i)) {
            rest = rest.without(replica);
          }
        }
      }
    }
    return rest;
  }

  void encode(ByteWriter out) {
    out.varint(byPrefix.size());
    byPrefix.forEach(
        (prefix, seen) -> {
          out.bytes(prefix);
          seen.encode(out);
        });
  }

  static Kills decode(ByteReader in) {
    int n = in.items("kills", 2);
    if (n == 0) {
      return NONE;
    }
    TreeMap<Bytes, VersionVector> byPrefix = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      Bytes prefix = Bytes.wrap(in.bytes("kill prefix bytes", MAX_PREFIX_BYTES));
      if (!byPrefix.isEmpty() && byPrefix.lastKey().compareTo(prefix) >= 0) {
        throw in.malformed("kills are out of order");
      }
      VersionVector seen = VersionVector.decode(in);
      if (seen.isEmpty()) {
        throw in.malformed("kill says nothing");
      }
      byPrefix.put(prefix, seen);
    }
    return new Kills(byPrefix);
  }
}
