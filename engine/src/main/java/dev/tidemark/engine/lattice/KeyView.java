package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One key's state, wherever it lives: a head, and for sets, maps and journals a sorted run of
 * cells.
 */
public interface KeyView {
  /** The head; {@link Lattice#bottom()} if the key was never touched. */
  byte[] head();

  /** One cell, or null if there is none. */
  byte @Nullable [] cell(Bytes id);

  /** Visits the cells of a range in the order of their ids, until the visitor has enough. */
  void cells(CellRange range, CellVisitor visitor);

  /** Sees one cell after the other. */
  @FunctionalInterface
  interface CellVisitor {
    /** Sees a cell; false ends the visit. */
    boolean visit(Bytes id, byte[] cell);
  }
}
