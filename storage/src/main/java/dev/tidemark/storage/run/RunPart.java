package dev.tidemark.storage.run;

import dev.tidemark.engine.lattice.CellRange;

/**
 * Which part of a key's element a record holds. The state of a large key is cut by ranges of cells,
 * so that nobody has to hold it whole; each part has the whole head, for without it the cells say
 * nothing.
 *
 * @param range the cells that the record speaks of: one of them that it does not name is not there
 * @param isLast whether the parts before it were all the others of their element: the head is
 *     raised by the last alone, since a raised head claims that all cells were joined
 */
public record RunPart(CellRange range, boolean isLast) {
  /** All of an element. */
  public static final RunPart WHOLE = new RunPart(CellRange.ALL, true);

  /** Whether it is all of an element. */
  public boolean isWhole() {
    return equals(WHOLE);
  }
}
