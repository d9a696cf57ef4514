package dev.tidemark.storage.state;

import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.stability.Floor;
import java.util.Arrays;

/**
 * What a key of a state means under a floor, however much of what lies below is forgotten already:
 * two states that have joined the same and may forget the same have the same.
 *
 * @param digest what its head and cells add up to: see {@link CellDigest}
 * @param liveCells how many cells a reader sees
 * @param isForgotten whether nothing is left
 */
public record KeyMeaning(long digest, long liveCells, boolean isForgotten) {
  /**
   * Reads all cells of a key.
   *
   * @param storedHead its head as it is stored
   */
  public static KeyMeaning of(Lattice lattice, byte[] storedHead, KeyView key, Floor floor) {
    byte[] head = lattice.lower(storedHead, floor);
    long[] sums = {CellDigest.ofHead(head), 0, 0};
    key.cells(
        CellRange.ALL,
        (id, cell) -> {
          if (!lattice.forgets(id, cell, floor)) {
            sums[0] += CellDigest.ofCell(id, cell);
            sums[1] += lattice.live(id, cell) ? 1 : 0;
            sums[2]++;
          }
          return true;
        });
    boolean isForgotten = !floor.isNone() && sums[2] == 0 && Arrays.equals(head, lattice.bottom());
    return new KeyMeaning(sums[0], sums[1], isForgotten);
  }
}
