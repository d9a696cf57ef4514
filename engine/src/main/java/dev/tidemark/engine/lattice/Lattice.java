package dev.tidemark.engine.lattice;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A strategy: a join-semilattice whose elements are both the state of a key and every delta to it.
 * An element is a head and cells ({@link KeyDelta}); the same element always has the same bytes.
 *
 * <p>Everything that changes state is {@link #join}, folded over cells by {@link Join}: local and
 * remote updates, replay, compaction, snapshots. {@link #prepare} runs once, at the source.
 */
public interface Lattice extends Forgetting {
  /** The head of a state that nothing was ever joined into; a delta's bottom is the empty head. */
  default byte[] bottom() {
    return new byte[0];
  }

  /**
   * Turns an update into its delta, given the state its maker has seen. Reads what it needs of the
   * state and changes nothing.
   *
   * @throws IllegalArgumentException if this strategy has no such update, or an argument is out of
   *     range
   */
  KeyDelta prepare(Update update, KeyView seen, OperationId id);

  /** Joins two heads, the left one being what is held and the right one what arrives. */
  HeadJoin join(byte[] left, byte[] right);

  /**
   * Where a lattice is all head and its heads have ranks, of two heads with different ranks the
   * join is the one of the higher rank, whatever else is in them: then it can be told without the
   * other. The rank of a head is never above the greatest stamp of the operations in it.
   *
   * @param array holds a valid head
   * @return the rank, or 0 if that is not so, or the head is bottom
   */
  default long rank(byte[] array, int offset, int length) {
    return 0;
  }

  /** The same of a head that fills its array. */
  default long rank(byte[] head) {
    return rank(head, 0, head.length);
  }

  /**
   * Whether an element is its head alone, which no floor changes: then the head of a key is the
   * join of the heads of its deltas, and all that {@link #prepare} reads.
   */
  default boolean isAllHead() {
    return false;
  }

  /** The meaning of a key. */
  Value value(KeyView state);

  /** Whether the key has a value at all, by default a live cell: a scan lists it only then. */
  default boolean present(KeyView state) {
    boolean[] found = new boolean[1];
    state.cells(
        CellRange.ALL,
        (id, cell) -> {
          found[0] = live(id, cell);
          return !found[0];
        });
    return found[0];
  }

  /** Whether a cell of a state counts as an element, field or event that a reader sees. */
  boolean live(Bytes id, byte[] cell);

  /** Whether its elements may refer to large values. */
  default boolean mayRefer() {
    return false;
  }

  /**
   * Shows the large values that an element refers to, which lie outside of it: what is held keeps
   * them alive. A value that is referred to twice is shown twice.
   */
  default void largeValues(KeyDelta element, Consumer<LargeValue> visitor) {}

  /** What a delta does, in words of the strategy, for logs and subscribers. */
  List<Effect> effects(KeyDelta delta);

  /**
   * What an element leaves in its key, piece by piece, so that a value can be explained: each piece
   * says what became of it, by which rule, and to whom it lost. Agrees with {@link #join}; changes
   * nothing.
   */
  List<Trace> traces(KeyDelta element);

  /** Whether the clock may decide between two concurrent updates, so that one loses its value. */
  default boolean mayLose() {
    return false;
  }

  /**
   * Shows the values that are lost when an element is joined into a state: those of the state to an
   * update that has not seen them, and those of the element to one that it has not seen. Agrees
   * with {@link #join}; changes nothing.
   *
   * @param before the state without the element
   * @param arriving what operations come to of which the state has seen none
   * @param seen whether those operations have seen another
   */
  default void losses(
      KeyView before, KeyDelta arriving, Predicate<Dot> seen, Consumer<Loss> visitor) {}

  /** What of a state no reader sees, and what it is kept for. */
  List<Remains> remains(KeyView state);

  /**
   * Refuses a delta that this strategy could not have made: not canonical, or over a limit.
   *
   * @throws dev.tidemark.error.MalformedException naming what is wrong
   */
  void validate(KeyDelta delta);

  /**
   * Refuses a delta that a single operation could not have made: one that writes under another
   * version or dot than the operation's own. So what is checked of a commit's stamps and sequences
   * holds for all that it carries.
   *
   * @param delta a valid delta
   * @throws dev.tidemark.error.MalformedException naming what is wrong
   */
  void expectMadeBy(KeyDelta delta, OperationId id);

  /** Two heads being joined, parsed once for all the cells they govern. */
  interface HeadJoin {
    /** The joined head. */
    byte[] head();

    /**
     * The cells of the left side that the right head may change although its delta does not name
     * them.
     */
    List<CellRange> reach();

    /** Joins one cell; null stands for a cell that is not there, and means "none" as a result. */
    byte @Nullable [] cell(Bytes id, byte @Nullable [] left, byte @Nullable [] right);
  }
}
