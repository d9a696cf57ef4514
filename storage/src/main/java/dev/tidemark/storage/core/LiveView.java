package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.schema.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is now, read as it is asked for. For the thread that holds the write lock: nothing is
 * committed between two of its reads, and folding does not change what they join to.
 */
record LiveView(Reads reads, Namespace namespace, Bytes key) implements KeyView {
  @Override
  public byte[] head() {
    return reads.headToBuildOn(namespace, key);
  }

  @Override
  public byte @Nullable [] cell(Bytes id) {
    return reads.readCell(namespace, key, id);
  }

  @Override
  public void cells(CellRange range, CellVisitor visitor) {
    reads.read(
        namespace,
        key,
        range,
        view -> {
          view.cells(range, visitor);
          return view;
        });
  }
}
