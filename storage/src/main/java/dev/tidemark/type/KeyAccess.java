package dev.tidemark.type;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.function.Function;

/**
 * One key, as a handle needs it: a store implements it, and a batch, where reads see the batch's
 * own updates.
 */
public interface KeyAccess {
  /** The strategy that the schema gives the key. */
  Strategy strategy();

  /**
   * Submits one update; the log position of its commit, or 0 inside a batch.
   *
   * @throws IllegalArgumentException if the strategy has no such update or an argument is out of
   *     range; nothing was changed
   */
  long update(Update update);

  /**
   * Reads the state of the key, consistent at one moment.
   *
   * @param cells the range that the reader will look at: of the cells outside it the view may show
   *     any or none; the head is always there. A range that ends where it begins asks for the head
   *     alone.
   * @param reader sees the view, which is valid during the call only; it must not update the store,
   *     and may be run again if the state moved away under it
   */
  <T> T read(CellRange cells, Function<KeyView, T> reader);

  /**
   * Runs what reads large values. A reference that it reads stays good until it is done; the loader
   * that it is given takes a large value into memory.
   *
   * @throws dev.tidemark.error.LoadLimitException by the loader, if the value is longer than the
   *     store's {@code loadLimit}
   * @throws dev.tidemark.error.MissingDataException by the loader, if the value is not here, or not
   *     whole
   */
  <T> T loading(Function<Function<LargeValue, Bytes>, T> reader);

  /**
   * How many cells a reader sees (elements, fields, events), without loading them; 0 for a strategy
   * without cells.
   */
  long liveCells();

  /**
   * This key with another durability for its updates.
   *
   * @throws IllegalStateException inside a batch, which has one durability for all its updates
   */
  KeyAccess with(Durability durability);
}
