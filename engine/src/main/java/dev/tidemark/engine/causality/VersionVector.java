package dev.tidemark.engine.causality;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.Problem;
import java.util.Arrays;

/**
 * For each replica, how many of its operations are seen: {@code (r, n)} means all of 1..n. An
 * immutable map in unsigned replica order; an absent replica counts as 0 and no entry holds 0, so
 * equal vectors have equal bytes.
 */
public final class VersionVector {
  /** Nothing seen. */
  public static final VersionVector EMPTY = new VersionVector(new long[0], new long[0]);

  private static final int MIN_ENTRY_BYTES = Long.BYTES + 1;

  private final long[] replicas;
  private final long[] sequences;

  private VersionVector(long[] replicas, long[] sequences) {
    this.replicas = replicas;
    this.sequences = sequences;
  }

  /** One entry. */
  public static VersionVector of(long replica, long sequence) {
    return EMPTY.with(replica, sequence);
  }

  /** How many replicas have an entry. */
  public int size() {
    return replicas.length;
  }

  /** Whether nothing is seen. */
  public boolean isEmpty() {
    return replicas.length == 0;
  }

  /** The replica of the entry at an index. */
  public long replicaAt(int index) {
    return replicas[index];
  }

  /** The sequence of the entry at an index. */
  public long sequenceAt(int index) {
    return sequences[index];
  }

  /** How many operations of a replica are seen. */
  public long get(long replica) {
    int at = find(replica);
    return at >= 0 ? sequences[at] : 0;
  }

  /** Whether the operation is seen. */
  public boolean contains(Dot dot) {
    return dot.sequence() <= get(dot.replica());
  }

  /** Whether all that the other has seen is seen here too. */
  public boolean dominates(VersionVector other) {
    for (int i = 0; i < other.replicas.length; i++) {
      if (get(other.replicas[i]) < other.sequences[i]) {
        return false;
      }
    }
    return true;
  }

  /** This vector with one entry raised to at least the given sequence. */
  public VersionVector with(long replica, long sequence) {
    int at = find(replica);
    if (at >= 0) {
      if (sequences[at] >= sequence) {
        return this;
      }
      long[] raised = sequences.clone();
      raised[at] = sequence;
      return new VersionVector(replicas, raised);
    }
    if (sequence == 0) {
      return this;
    }
    int insertAt = -at - 1;
    return new VersionVector(
        insert(replicas, insertAt, replica), insert(sequences, insertAt, sequence));
  }

  /** This vector without a replica's entry. */
  public VersionVector without(long replica) {
    int at = find(replica);
    return at < 0 ? this : new VersionVector(remove(replicas, at), remove(sequences, at));
  }

  /** The greater of both, entry by entry. */
  public VersionVector join(VersionVector other) {
    if (other.isEmpty() || this == other) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    long[] r = new long[replicas.length + other.replicas.length];
    long[] s = new long[r.length];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < replicas.length || j < other.replicas.length) {
      int order = compareHeads(i, other, j);
      if (order < 0) {
        r[n] = replicas[i];
        s[n++] = sequences[i++];
      } else if (order > 0) {
        r[n] = other.replicas[j];
        s[n++] = other.sequences[j++];
      } else {
        r[n] = replicas[i];
        s[n++] = Math.max(sequences[i++], other.sequences[j++]);
      }
    }
    return new VersionVector(Arrays.copyOf(r, n), Arrays.copyOf(s, n));
  }

  /** The lesser of both, entry by entry: what both have seen. */
  public VersionVector meet(VersionVector other) {
    Builder met = new Builder(Math.min(size(), other.size()));
    for (int i = 0; i < replicas.length; i++) {
      long sequence = Math.min(sequences[i], other.get(replicas[i]));
      if (sequence != 0) {
        met.add(replicas[i], sequence);
      }
    }
    return met.build();
  }

  private int compareHeads(int i, VersionVector other, int j) {
    if (i == replicas.length) {
      return 1;
    }
    return j == other.replicas.length ? -1 : Long.compareUnsigned(replicas[i], other.replicas[j]);
  }

  /** Makes a vector of entries that come in order, in time linear in their number. */
  public static final class Builder {
    private final long[] replicas;
    private final long[] sequences;
    private int size;

    /** Room for a number of entries. */
    public Builder(int capacity) {
      replicas = new long[capacity];
      sequences = new long[capacity];
    }

    /** One more entry, of a greater replica than the last; without operations it is left out. */
    public Builder add(long replica, long sequence) {
      if (size > 0 && Long.compareUnsigned(replicas[size - 1], replica) >= 0) {
        throw Problem.of("vector entries are out of order").with("replica", replica).broken();
      }
      if (sequence != 0) {
        replicas[size] = replica;
        sequences[size++] = sequence;
      }
      return this;
    }

    /** The vector. */
    public VersionVector build() {
      return size == 0
          ? EMPTY
          : new VersionVector(Arrays.copyOf(replicas, size), Arrays.copyOf(sequences, size));
    }
  }

  /** Writes count, then replica and sequence of each entry in order. */
  public void encode(ByteWriter out) {
    out.varint(replicas.length);
    for (int i = 0; i < replicas.length; i++) {
      out.i64(replicas[i]).varint(sequences[i]);
    }
  }

  /** Reads what {@link #encode} wrote; refuses entries out of order or without operations. */
  public static VersionVector decode(ByteReader in) {
    int n = in.items("vector entries", MIN_ENTRY_BYTES);
    if (n == 0) {
      return EMPTY;
    }
    long[] replicas = new long[n];
    long[] sequences = new long[n];
    for (int i = 0; i < n; i++) {
      replicas[i] = in.i64();
      sequences[i] = in.varint();
      if (sequences[i] <= 0 || replicas[i] == 0) {
        throw in.malformed("vector entry is empty");
      }
      if (i > 0 && Long.compareUnsigned(replicas[i - 1], replicas[i]) >= 0) {
        throw in.malformed("vector entries are out of order");
      }
    }
    return new VersionVector(replicas, sequences);
  }

  /** Passes over what was encoded. */
  public static void skip(ByteReader in) {
    for (int left = in.items("vector entries", MIN_ENTRY_BYTES); left > 0; left--) {
      in.skip(Long.BYTES);
      in.varint();
    }
  }

  private int find(long replica) {
    int low = 0;
    int high = replicas.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(replicas[middle], replica);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -(low + 1);
  }

  private static long[] insert(long[] array, int at, long value) {
    long[] wider = new long[array.length + 1];
    System.arraycopy(array, 0, wider, 0, at);
    wider[at] = value;
    System.arraycopy(array, at, wider, at + 1, array.length - at);
    return wider;
  }

  private static long[] remove(long[] array, int at) {
    long[] narrower = new long[array.length - 1];
    System.arraycopy(array, 0, narrower, 0, at);
    System.arraycopy(array, at + 1, narrower, at, narrower.length - at);
    return narrower;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VersionVector that
        && Arrays.equals(replicas, that.replicas)
        && Arrays.equals(sequences, that.sequences);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(replicas) * 31 + Arrays.hashCode(sequences);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < replicas.length; i++) {
      out.append(i == 0 ? "" : ", ");
      out.append(ReplicaId.format(replicas[i])).append('=').append(sequences[i]);
    }
    return out.append('}').toString();
  }
}
