package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.stability.Floor;
import org.jspecify.annotations.Nullable;

/**
 * How a strategy forgets what is below a {@link Floor}, and how what it has forgotten is kept from
 * coming back. Only states forget; the log is shortened as a whole.
 *
 * <p>A state that has forgotten still answers for it: its floor says that all below was joined. So
 * causal heads are {@linkplain #raise read} with the floor in their context, and an element that is
 * not a single operation (a folded run, a whole state) brings nothing {@linkplain #admit below} it.
 */
public interface Forgetting {
  /** A stored head as it counts under the state's floor. */
  default byte[] raise(byte[] head, Floor floor) {
    return head;
  }

  /**
   * A head without what the floor says already. {@code raise(lower(head))} means what the head did;
   * {@link Lattice#bottom()} if nothing is left.
   */
  default byte[] lower(byte[] head, Floor floor) {
    return head;
  }

  /** Whether a cell of a state says nothing that the floor does not say. */
  default boolean forgets(Bytes id, byte[] cell, Floor floor) {
    return false;
  }

  /** What of a run or a state is news to a state with this floor. */
  default KeyDelta admit(KeyDelta arriving, Floor floor) {
    return arriving;
  }

  /**
   * The head of a state as it counts to one who has seen less than it, and nothing else: what that
   * one holds and the state lacks was overridden by something that the state has forgotten. The
   * head says so, by something at or below what really overrode it: whoever joins it learns nothing
   * that the state does not hold.
   *
   * @param stated the state's head, raised to its floor; empty if it has nothing of the key
   * @param held the head that is held
   * @param forgotten the state's floor
   * @param joined below what all was joined where it is held: what overrode it there lies above
   */
  default byte[] headOf(byte[] stated, byte[] held, Floor forgotten, Floor joined) {
    return stated;
  }

  /**
   * The same of a cell that is held and that the state does not have.
   *
   * @return what overrides it, or null if the head does, or nothing
   */
  default byte @Nullable [] cellOf(byte[] stated, byte[] held, Floor forgotten, Floor joined) {
    return null;
  }
}
