package dev.tidemark.engine.causal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import java.util.Arrays;

/**
 * Which operations on a key an element of the lattice knows of: per replica those with a sequence
 * in some intervals {@code (before, after]}. What lies in there and is not alive in the element is
 * overridden.
 *
 * <p>The interval of an operation begins where its maker's previous operation on the same key
 * ended. So a run of the log has one interval per origin, however many operations on other keys lie
 * between, and a run with a hole has two: a join never claims to know what neither side knows.
 *
 * <p>A state knows all from the beginning, of replicas without an interval too: what it is joined
 * with, it is at or above the start of. That is owed to causal delivery. An element that is joined
 * into a run leaves it a run.
 */
final class Context {
  static final Context NOTHING = new Context(false, 0);
  static final Context NEW_STATE = new Context(true, 0);

  private static final int MIN_INTERVAL_BYTES = Long.BYTES + 2;

  private final boolean isState;
  // By replica, then by sequence; intervals of one replica do not touch. A state's begin at 0.
  private final long[] replicas;
  private final long[] befores;
  private final long[] afters;

  private Context(boolean isState, int intervals) {
    this(isState, new long[intervals], new long[intervals], new long[intervals]);
  }

  private Context(boolean isState, long[] replicas, long[] befores, long[] afters) {
    this.isState = isState;
    this.replicas = replicas;
    this.befores = befores;
    this.afters = afters;
  }

  /** The context of a single operation, whose maker knew {@code known}. */
  static Context of(Dot dot, Context known) {
    Context one = new Context(false, 1);
    one.replicas[0] = dot.replica();
    one.befores[0] = Math.min(known.last(dot.replica()), dot.sequence() - 1);
    one.afters[0] = dot.sequence();
    return one;
  }

  /** All from the beginning up to what a vector has seen. */
  static Context upTo(VersionVector seen) {
    Context all = new Context(false, seen.size());
    for (int i = 0; i < seen.size(); i++) {
      all.replicas[i] = seen.replicaAt(i);
      all.afters[i] = seen.sequenceAt(i);
    }
    return all;
  }

  /** This context of a state without the intervals that a vector has seen to their end. */
  Context above(VersionVector seen) {
    Context rest = new Context(isState, replicas.length);
    int n = 0;
    for (int i = 0; i < replicas.length; i++) {
      if (afters[i] > seen.get(replicas[i])) {
        n = rest.add(n, this, i);
      }
    }
    return rest.first(n);
  }

  private Context first(int n) {
    return new Context(
        isState, Arrays.copyOf(replicas, n), Arrays.copyOf(befores, n), Arrays.copyOf(afters, n));
  }

  /** Whether it could be the context of this single operation. */
  boolean isOf(Dot dot) {
    return !isState
        && replicas.length == 1
        && replicas[0] == dot.replica()
        && afters[0] == dot.sequence();
  }

  /** Whether what is before the first interval is known as well. */
  boolean isState() {
    return isState;
  }

  /** Whether there are no intervals. */
  boolean isEmpty() {
    return replicas.length == 0;
  }

  boolean contains(Dot dot) {
    return dot.sequence() != unknownUpTo(dot.replica(), dot.sequence());
  }

  /** The greatest sequence up to the given one that is not known; 0 if there is none. */
  long unknownUpTo(long replica, long sequence) {
    int at = lastStartingBelow(replica, sequence);
    return at >= 0 && sequence <= afters[at] ? befores[at] : sequence;
  }

  /** The greatest known sequence of a replica, 0 if there is none. */
  long last(long replica) {
    int at = lastStartingBelow(replica, Long.MAX_VALUE);
    return at < 0 ? 0 : afters[at];
  }

  /** The greatest known sequence of each replica. */
  VersionVector last() {
    VersionVector.Builder last = new VersionVector.Builder(replicas.length);
    for (int i = 0; i < replicas.length; i++) {
      if (i + 1 == replicas.length || replicas[i + 1] != replicas[i]) {
        last.add(replicas[i], afters[i]);
      }
    }
    return last.build();
  }

  /** Whether all that the other knows is known here. */
  boolean covers(Context other) {
    for (int i = 0; i < other.replicas.length; i++) {
      if (unknownUpTo(other.replicas[i], other.afters[i]) > other.befores[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether some operation may be known to both. */
  boolean overlaps(Context other) {
    int i = 0;
    int j = 0;
    while (i < replicas.length && j < other.replicas.length) {
      int order = Long.compareUnsigned(replicas[i], other.replicas[j]);
      if (order == 0) {
        if (Math.max(befores[i], other.befores[j]) < Math.min(afters[i], other.afters[j])) {
          return true;
        }
        order = Long.compare(afters[i], other.afters[j]);
      }
      if (order <= 0) {
        i++;
      } else {
        j++;
      }
    }
    return false;
  }

  /** All that both know, as a state or a run, whichever this one is. */
  Context join(Context other) {
    if (other.isEmpty()) {
      return this;
    }
    Context union = new Context(isState, replicas.length + other.replicas.length);
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < replicas.length || j < other.replicas.length) {
      n = compare(i, other, j) <= 0 ? union.add(n, this, i++) : union.add(n, other, j++);
    }
    return union.first(n);
  }

  private int compare(int i, Context other, int j) {
    if (i == replicas.length) {
      return 1;
    }
    if (j == other.replicas.length) {
      return -1;
    }
    int byReplica = Long.compareUnsigned(replicas[i], other.replicas[j]);
    return byReplica != 0 ? byReplica : Long.compare(befores[i], other.befores[j]);
  }

  /** Adds an interval behind the first n, or widens the last of them; gives how many there are. */
  private int add(int n, Context from, int at) {
    int last = n - 1;
    if (n > 0
        && replicas[last] == from.replicas[at]
        && (isState || from.befores[at] <= afters[last])) {
      afters[last] = Math.max(afters[last], from.afters[at]);
      return n;
    }
    replicas[n] = from.replicas[at];
    befores[n] = isState ? 0 : from.befores[at];
    afters[n] = from.afters[at];
    return n + 1;
  }

  /** The index of the replica's last interval whose before is below the sequence, or -1. */
  private int lastStartingBelow(long replica, long sequence) {
    int low = 0;
    int high = replicas.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(replicas[middle], replica);
      if (order < 0 || (order == 0 && befores[middle] < sequence)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low > 0 && replicas[low - 1] == replica ? low - 1 : -1;
  }

  /**
   * Writes the kind; then, of a state, its vector; of a run, per interval replica, before, length.
   */
  void encode(ByteWriter out) {
    out.u8(isState ? 1 : 0).varint(replicas.length);
    for (int i = 0; i < replicas.length; i++) {
      out.i64(replicas[i]);
      if (!isState) {
        out.varint(befores[i]);
      }
      out.varint(afters[i] - befores[i]);
    }
  }

  static Context decode(ByteReader in) {
    int kind = in.u8();
    if (kind > 1) {
      throw in.malformed("context is of no known kind");
    }
    boolean isState = kind == 1;
    int n = in.items("context intervals", MIN_INTERVAL_BYTES - kind);
    Context context = new Context(isState, n);
    for (int i = 0; i < n; i++) {
      long replica = in.i64();
      long before = isState ? 0 : in.varint();
      long length = in.varint();
      if (replica == 0 || before < 0 || length < 1 || length > Long.MAX_VALUE - before) {
        throw in.malformed("context interval is out of range");
      }
      if (i > 0 && !context.isBehind(i - 1, replica, before)) {
        throw in.malformed("context intervals are out of order");
      }
      context.replicas[i] = replica;
      context.befores[i] = before;
      context.afters[i] = before + length;
    }
    return context;
  }

  private boolean isBehind(int i, long replica, long before) {
    return replica == replicas[i]
        ? before > afters[i]
        : Long.compareUnsigned(replica, replicas[i]) > 0;
  }
}
