package dev.tidemark.storage.run;

import org.jspecify.annotations.Nullable;

/** The records of a run, one after the other. */
@FunctionalInterface
public interface RunRecords {
  /** The next record; null behind the last. */
  @Nullable RunRecord next();
}
