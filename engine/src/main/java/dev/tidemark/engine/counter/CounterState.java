package dev.tidemark.engine.counter;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.lattice.Deltas;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Per replica, what it has added and taken away in all, and the baselines up to which deletes have
 * seen those totals: the join is the greater of each. Baselines make a delete an exact reset of
 * what it saw, without a tombstone.
 *
 * <pre>
 *   count varint, then per replica in unsigned order:
 *   replica u64, added varint, addedBaseline varint [, taken varint, takenBaseline varint]
 * </pre>
 *
 * The part in brackets is there for counters that go down. No replicas, no bytes.
 */
final class CounterState {
  private static final byte[] NONE = new byte[0];
  private static final int MIN_ENTRY_BYTES = 10;
  private static final int MOST_ENTRY_BYTES = 49;

  /** One replica's totals. */
  record Totals(long added, long addedBaseline, long taken, long takenBaseline) {
    static final Totals ZERO = new Totals(0, 0, 0, 0);

    static Totals read(ByteReader in, boolean goesDown) {
      return new Totals(
          in.varint(), in.varint(), goesDown ? in.varint() : 0, goesDown ? in.varint() : 0);
    }

    void write(long replica, ByteWriter out, boolean goesDown) {
      out.i64(replica).varint(added).varint(addedBaseline);
      if (goesDown) {
        out.varint(taken).varint(takenBaseline);
      }
    }

    Totals join(Totals other) {
      return new Totals(
          Math.max(added, other.added),
          Math.max(addedBaseline, other.addedBaseline),
          Math.max(taken, other.taken),
          Math.max(takenBaseline, other.takenBaseline));
    }

    boolean isUnobserved() {
      return added > addedBaseline || taken > takenBaseline;
    }

    Totals observed() {
      return new Totals(added, added, taken, taken);
    }
  }

  private final boolean goesDown;
  private final SortedMap<Long, Totals> byReplica;

  private CounterState(boolean goesDown) {
    this.goesDown = goesDown;
    this.byReplica = new TreeMap<>((Comparator<Long>) Long::compareUnsigned);
  }

  static CounterState decode(byte[] bytes, boolean goesDown) {
    CounterState state = new CounterState(goesDown);
    if (bytes.length == 0) {
      return state;
    }
    ByteReader in = new ByteReader(bytes);
    int n = in.items("counter entries", MIN_ENTRY_BYTES);
    for (int i = 0; i < n; i++) {
      long replica = in.i64();
      Totals totals = Totals.read(in, goesDown);
      if (replica == 0 || !isPossible(totals)) {
        throw in.malformed("counter entry is impossible");
      }
      if (i > 0 && Long.compareUnsigned(state.byReplica.lastKey(), replica) >= 0) {
        throw in.malformed("counter entries are out of order");
      }
      state.byReplica.put(replica, totals);
    }
    if (n == 0) {
      throw in.malformed("counter without entries has bytes");
    }
    in.expectEnd();
    return state;
  }

  private static boolean isPossible(Totals totals) {
    return totals.added >= totals.addedBaseline
        && totals.taken >= totals.takenBaseline
        && totals.addedBaseline >= 0
        && totals.takenBaseline >= 0
        && (totals.added | totals.taken) != 0;
  }

  byte[] encode() {
    if (byReplica.isEmpty()) {
      return NONE;
    }
    ByteWriter out = new ByteWriter(16 + byReplica.size() * 20);
    out.varint(byReplica.size());
    byReplica.forEach(
        (replica, totals) -> {
          totals.write(replica, out, goesDown);
        });
    return out.toByteArray();
  }

  static byte[] join(byte[] left, byte[] right, boolean goesDown) {
    if (left.length == 0) {
      return right;
    }
    if (right.length == 0) {
      return left;
    }
    if (isOfSameReplica(left, right)) {
      return joinOfOne(left, right, goesDown);
    }
    CounterState joined = decode(left, goesDown);
    decode(right, goesDown)
        .byReplica
        .forEach((replica, totals) -> joined.byReplica.merge(replica, totals, Totals::join));
    return joined.encode();
  }

  /** Whether each has one replica's totals, and both the same one's: most joins are such. */
  private static boolean isOfSameReplica(byte[] left, byte[] right) {
    return left[0] == 1
        && right[0] == 1
        && left.length > Long.BYTES
        && right.length > Long.BYTES
        && Arrays.equals(left, 1, 1 + Long.BYTES, right, 1, 1 + Long.BYTES);
  }

  private static byte[] joinOfOne(byte[] left, byte[] right, boolean goesDown) {
    ByteReader l = new ByteReader(left, 1, left.length - 1);
    ByteReader r = new ByteReader(right, 1, right.length - 1);
    long replica = l.i64();
    r.i64();
    Totals held = Totals.read(l, goesDown);
    Totals arriving = Totals.read(r, goesDown);
    Totals joined = held.join(arriving);
    return joined.equals(arriving) ? right : encodeOne(replica, joined, goesDown);
  }

  /** A replica's totals in an encoded state. */
  static Totals totals(byte[] bytes, long replica, boolean goesDown) {
    if (bytes.length == 0) {
      return Totals.ZERO;
    }
    ByteReader in = new ByteReader(bytes);
    for (int n = in.items("counter entries", MIN_ENTRY_BYTES); n > 0; n--) {
      boolean isWanted = in.i64() == replica;
      Totals totals = Totals.read(in, goesDown);
      if (isWanted) {
        return totals;
      }
    }
    return Totals.ZERO;
  }

  /** The delta that gives a replica these totals. */
  static byte[] encodeOne(long replica, Totals totals, boolean goesDown) {
    ByteWriter out = new ByteWriter(MOST_ENTRY_BYTES);
    totals.write(replica, out.varint(1), goesDown);
    return out.toByteArray();
  }

  SortedMap<Long, Totals> byReplica() {
    return byReplica;
  }

  /** Whether some delete has seen some of it. */
  boolean hasBaseline() {
    return byReplica.values().stream()
        .anyMatch(totals -> (totals.addedBaseline | totals.takenBaseline) != 0);
  }

  Totals of(long replica) {
    return byReplica.getOrDefault(replica, Totals.ZERO);
  }

  /** The delta of a delete: every unobserved total becomes its own baseline. */
  byte[] reset() {
    CounterState delta = new CounterState(goesDown);
    byReplica.forEach(
        (replica, totals) -> {
          if (totals.isUnobserved()) {
            delta.byReplica.put(replica, totals.observed());
          }
        });
    return delta.encode();
  }

  /** Refuses totals that count for another replica; resetting what others counted is fine. */
  void expectMadeBy(long author) {
    byReplica.forEach(
        (replica, totals) -> {
          if (totals.isUnobserved()) {
            Deltas.expectOwn(replica, author);
          }
        });
  }

  boolean isUnobserved() {
    return byReplica.values().stream().anyMatch(Totals::isUnobserved);
  }

  /** The exact value: each replica's part fits 64 bits, their sum need not. */
  BigInteger sum() {
    long high = 0;
    long low = 0;
    for (Totals totals : byReplica.values()) {
      long part = (totals.added - totals.addedBaseline) - (totals.taken - totals.takenBaseline);
      long before = low;
      low += part;
      high += (part >> 63) + (Long.compareUnsigned(low, before) < 0 ? 1 : 0);
    }
    return BigInteger.valueOf(high).shiftLeft(64).add(new BigInteger(Long.toUnsignedString(low)));
  }
}
