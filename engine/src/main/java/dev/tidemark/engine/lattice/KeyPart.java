package dev.tidemark.engine.lattice;

/**
 * Which part of a key an element that was cut by cell ranges is about: it carries its whole head,
 * and the cells of the range. Parts of one key are joined in order, the last one raises the head.
 * Until then each finds the head as the first one did, so that those that were joined before an
 * interruption may be joined again.
 *
 * @param range the cells it speaks of, the absent ones too
 * @param last whether it is the last of its key
 */
public record KeyPart(CellRange range, boolean last) {
  /** All of a key. */
  public static final KeyPart WHOLE = new KeyPart(CellRange.ALL, true);

  /** Whether it is all of a key. */
  public boolean isWhole() {
    return equals(WHOLE);
  }
}
