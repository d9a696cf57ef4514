package dev.tidemark.storage.reference;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Visit;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;

/**
 * Brings large values along from one directory to another, whose state or log is to refer to them.
 * Every chunk is verified as it is read; what is copied survives a power loss once a value is done.
 */
public final class LargeCopy implements AutoCloseable {
  private final BlobStore from;
  private final BlobStore to;
  private final Visit visit;

  /**
   * A copier.
   *
   * @param from is closed with this
   * @param to the directory beside whose state the chunks will lie, for which the caller has the
   *     lock, or which nobody else knows yet
   */
  public LargeCopy(BlobStore from, StoreFiles to, DurableFiles disk) {
    this.from = from;
    this.to = new BlobStore(to, disk, 0);
    this.visit = this.to.visit();
  }

  /**
   * Copies what is not there yet of a value.
   *
   * @return false if not all of it is at its source: then it is no more here than it was there
   * @throws dev.tidemark.error.DamagedException if a chunk is damaged at its source
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room
   */
  public boolean copy(LargeValue value) {
    try {
      visit.fetch(value, from);
      return true;
    } catch (MissingDataException incomplete) {
      return false;
    }
  }

  @Override
  public void close() {
    visit.close();
    to.close();
    from.close();
  }
}
