package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import org.jspecify.annotations.Nullable;

/** A key's state that can be written to: where {@link Join} puts what it computes. */
public interface Cells extends KeyView {
  /** Replaces the head. */
  void head(byte[] head);

  /** Replaces a cell, or removes it if null. */
  void cell(Bytes id, byte @Nullable [] cell);
}
