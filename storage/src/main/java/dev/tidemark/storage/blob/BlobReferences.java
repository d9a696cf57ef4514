package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import java.util.function.Consumer;

/**
 * Shows every large value that something stored refers to: the log, the state, the snapshots. A
 * value may be shown many times, in any order.
 *
 * <p>What is shown are the references of one moment after the call began, and whatever else. What
 * carries references past the log must not be in the making meanwhile: a snapshot whose state was
 * copied before the call has to be among what is shown.
 */
@FunctionalInterface
public interface BlobReferences {
  /** Shows all. */
  void forEach(Consumer<LargeValue> visitor);
}
