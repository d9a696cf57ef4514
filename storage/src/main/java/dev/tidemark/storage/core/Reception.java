package dev.tidemark.storage.core;

import dev.tidemark.storage.run.RunRecord;

/**
 * What another store sends in pieces, on its way in. It is taken as a whole, or nothing of it is.
 * For one thread at a time; close it, before the store.
 */
public interface Reception extends AutoCloseable {
  /**
   * Takes the next record.
   *
   * @throws dev.tidemark.error.TidemarkException if it cannot be taken; close this
   */
  void add(RunRecord next);

  /** All have come: gives the position where they are logged, or 0 if they are of no use now. */
  long finish();

  /** Leaves nothing of what is not finished. Again it does nothing. */
  @Override
  void close();
}
