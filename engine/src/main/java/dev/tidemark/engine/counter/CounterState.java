package dev.tidemark.engine.counter;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.lattice.Deltas;
import java.math.BigInteger;
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

  /** One replica's totals. */
  record Totals(long added, long addedBaseline, long taken, long takenBaseline) {
    static final Totals ZERO = new Totals(0, 0, 0, 0);

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
      Totals totals =
          new Totals(
              in.varint(), in.varint(), goesDown ? in.varint() : 0, goesDown ? in.varint() : 0);
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
          out.i64(replica).varint(totals.added).varint(totals.addedBaseline);
          if (goesDown) {
            out.varint(totals.taken).varint(totals.takenBaseline);
          }
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
    CounterState joined = decode(left, goesDown);
    decode(right, goesDown)
        .byReplica
        .forEach((replica, totals) -> joined.byReplica.merge(replica, totals, Totals::join));
    return joined.encode();
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

  /** The delta that gives a replica these totals. */
  byte[] delta(long replica, Totals totals) {
    CounterState delta = new CounterState(goesDown);
    delta.byReplica.put(replica, totals);
    return delta.encode();
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
