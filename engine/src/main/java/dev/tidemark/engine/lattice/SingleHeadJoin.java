package dev.tidemark.engine.lattice;

import dev.tidemark.engine.codec.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The join of a strategy that keeps everything in its head. */
public record SingleHeadJoin(byte[] head) implements Lattice.HeadJoin {
  @Override
  public List<CellRange> reach() {
    return List.of();
  }

  @Override
  public byte @Nullable [] cell(Bytes id, byte @Nullable [] left, byte @Nullable [] right) {
    return null;
  }
}
