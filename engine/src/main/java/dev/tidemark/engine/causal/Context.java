package dev.tidemark.engine.causal;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;

/**
 * Which operations on a key an element of the lattice knows of: per replica those with a sequence
 * in {@code (before, after]}. What lies in there and is not alive in the element is overridden. A
 * state knows all from the beginning ({@code before} is nothing); a delta knows the run it was made
 * of.
 *
 * <p>That an interval says enough is owed to the order of delivery: one origin's operations on one
 * key arrive in order and without a gap, so a run of the log holds all of them between its ends.
 *
 * @param isState whether {@code before} is nothing for every replica, also those without an entry
 */
record Context(boolean isState, VersionVector before, VersionVector after) {
  static final Context NOTHING = new Context(false, VersionVector.EMPTY, VersionVector.EMPTY);
  static final Context NEW_STATE = new Context(true, VersionVector.EMPTY, VersionVector.EMPTY);

  /** The context of a single operation. */
  static Context of(Dot dot) {
    return new Context(
        false,
        VersionVector.EMPTY.with(dot.replica(), dot.sequence() - 1),
        VersionVector.of(dot.replica(), dot.sequence()));
  }

  boolean contains(Dot dot) {
    return dot.sequence() <= after.get(dot.replica()) && dot.sequence() > before.get(dot.replica());
  }

  /**
   * The hull of both: adjacent or overlapping runs, or runs without operations on the key between.
   */
  Context join(Context other) {
    VersionVector joinedAfter = after.join(other.after);
    if (isState || other.isState) {
      return new Context(true, VersionVector.EMPTY, joinedAfter);
    }
    VersionVector joinedBefore = VersionVector.EMPTY;
    for (int i = 0; i < joinedAfter.size(); i++) {
      long replica = joinedAfter.replicaAt(i);
      joinedBefore = joinedBefore.with(replica, Math.min(start(replica), other.start(replica)));
    }
    return new Context(false, joinedBefore, joinedAfter);
  }

  private long start(long replica) {
    return after.get(replica) == 0 ? Long.MAX_VALUE : before.get(replica);
  }

  /** Whether some operation may be known to both. */
  boolean overlaps(Context other) {
    for (int i = 0; i < other.after.size(); i++) {
      long replica = other.after.replicaAt(i);
      long low = Math.max(before.get(replica), other.before.get(replica));
      if (low < Math.min(after.get(replica), other.after.sequenceAt(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes the kind; then, of a state, its vector; of a delta, per replica what is before and how
   * many there are.
   */
  void encode(ByteWriter out) {
    out.u8(isState ? 1 : 0);
    if (isState) {
      after.encode(out);
      return;
    }
    out.varint(after.size());
    for (int i = 0; i < after.size(); i++) {
      long replica = after.replicaAt(i);
      long start = before.get(replica);
      out.i64(replica).varint(start).varint(after.sequenceAt(i) - start);
    }
  }

  static Context decode(ByteReader in) {
    int kind = in.u8();
    if (kind == 1) {
      return new Context(true, VersionVector.EMPTY, VersionVector.decode(in));
    }
    if (kind != 0) {
      throw in.malformed("context is of no known kind");
    }
    return decodeRun(in);
  }

  private static Context decodeRun(ByteReader in) {
    int n = in.items("context entries", Long.BYTES + 2);
    VersionVector before = VersionVector.EMPTY;
    VersionVector after = VersionVector.EMPTY;
    long last = 0;
    for (int i = 0; i < n; i++) {
      long replica = in.i64();
      long start = in.varint();
      long length = in.varint();
      if (start < 0 || length < 1 || length > Long.MAX_VALUE - start) {
        throw in.malformed("context entry is empty");
      }
      if (Long.compareUnsigned(last, replica) >= 0) {
        throw in.malformed("context entries are out of order");
      }
      before = before.with(replica, start);
      after = after.with(replica, start + length);
      last = replica;
    }
    return new Context(false, before, after);
  }
}
