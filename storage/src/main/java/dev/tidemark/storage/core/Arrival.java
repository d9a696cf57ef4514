package dev.tidemark.storage.core;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.blob.Visit;
import org.jspecify.annotations.Nullable;

/**
 * Sees to the large values that what arrives from another store refers to: brings their chunks
 * along, and holds them until it is logged. What the other store does not have itself is left out:
 * who reads it is told, and it may come from elsewhere later. For one thread.
 */
final class Arrival implements AutoCloseable {
  private final BlobStore blobs;
  private final Arrivals arrivals;
  private final @Nullable BlobSource source;
  private @Nullable Visit visit;

  /** One that fetches from a source, or only holds what is here already. */
  Arrival(BlobStore blobs, Arrivals arrivals, @Nullable BlobSource source) {
    this.blobs = blobs;
    this.arrivals = arrivals;
    this.source = source;
  }

  /** A commit is about to be logged. */
  void take(Commit commit) {
    commit.held().forEach(operation -> take(operation.namespace(), operation.delta()));
  }

  /** A delta is about to be logged. */
  void take(Namespace namespace, KeyDelta delta) {
    namespace.strategy().lattice().largeValues(delta, this::take);
  }

  private void take(LargeValue value) {
    Visit open = visit;
    if (open == null) {
      open = blobs.visit();
      visit = open;
    }
    // What is here without being fetched has to stay as well.
    open.refer(value);
    if (source != null) {
      try {
        open.fetch(value, source);
      } catch (MissingDataException | DamagedException later) {
        // Nothing of what arrives is refused for it.
        source.lacks(value);
      }
    }
  }

  @Override
  public void close() {
    if (visit != null) {
      visit.close();
      arrivals.tell();
    }
  }
}
