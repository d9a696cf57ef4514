package dev.tidemark.storage.state;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import java.util.function.Consumer;

/** The large values that a state refers to. Memory: that of {@link KeyPieces}. */
public final class LargeReferences {
  private static final int PIECE_BYTES = 1 << 20;

  private LargeReferences() {}

  /**
   * Shows all of a moment, one for each cell; reads only namespaces that may have some.
   *
   * @param pace is run between portions of the work; may throw to end it
   * @throws dev.tidemark.error.DamagedException if the state cannot be read
   */
  public static void of(StateStore state, Pin pin, Runnable pace, Consumer<LargeValue> visitor) {
    for (Namespace namespace : state.schema().namespaces()) {
      Lattice lattice = namespace.strategy().lattice();
      if (lattice.mayRefer()) {
        try (KeyPieces pieces = state.pieces(pin, namespace, PIECE_BYTES)) {
          for (KeyPieces.Piece next = pieces.next(); next != null; next = pieces.next()) {
            pace.run();
            lattice.largeValues(next.state(), visitor);
          }
        }
      }
    }
  }
}
