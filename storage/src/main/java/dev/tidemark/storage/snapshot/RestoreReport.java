package dev.tidemark.storage.snapshot;

import dev.tidemark.storage.format.Identity;
import java.nio.file.Path;
import java.util.List;

/**
 * What a restore made.
 *
 * @param identity who the store is now
 * @param position up to which log position it holds what the log of the old store did
 * @param setAside where what was there before was moved to
 */
public record RestoreReport(Identity identity, long position, List<Path> setAside) {
  /** Copies the list. */
  public RestoreReport {
    setAside = List.copyOf(setAside);
  }
}
