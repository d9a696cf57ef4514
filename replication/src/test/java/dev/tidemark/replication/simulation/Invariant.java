package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.v1.Frame;

/** What must hold, whatever happens. Each is told all that it may be broken by. */
interface Invariant {
  /** A frame leaves a node. */
  default void sent(Node from, Frame frame) {}

  /** A node has seen more than before; {@link Node#seen} is what it had. */
  default void rose(Node node, VersionVector now) {}

  /** A node has started again with what it found on its disk. */
  default void recovered(Node node, VersionVector found) {}

  /** A node is looked at, from time to time. */
  default void visited(Node node) {}

  /** All could talk for long enough, and nobody wrote. */
  default void atRest(Cluster cluster) {}

  /** Fails the run. */
  default void require(boolean holds, Node node, Object... what) {
    if (!holds) {
      throw new Violation(getClass(), node, what);
    }
  }

  /** One does not hold. */
  final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;
    private final Class<?> of;

    Violation(Class<?> of, Node node, Object... what) {
      super(
          of.getSimpleName()
              + " does not hold at node "
              + node.id
              + ": "
              + java.util.Arrays.toString(what)
              + "\n"
              + node.world.story());
      this.of = of;
    }

    Class<?> of() {
      return of;
    }
  }
}
