package dev.tidemark.storage.run;

import org.jspecify.annotations.Nullable;

/** The records of a run as their bytes, one after the other. */
@FunctionalInterface
public interface PackedRecords {
  /** The next record; null behind the last. Those before it stay as they are. */
  @Nullable PackedRecord next();
}
