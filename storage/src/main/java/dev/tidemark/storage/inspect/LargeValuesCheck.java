package dev.tidemark.storage.inspect;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.blob.BlobCheck;
import dev.tidemark.storage.blob.BlobFinding;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.Finding.Part;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.state.StateStore;
import org.jspecify.annotations.Nullable;

/** Reads every large value that the log, the state or a snapshot refers to. */
final class LargeValuesCheck {
  private final StoreFiles files;
  private final Findings findings;
  private @Nullable BlobReport report;

  LargeValuesCheck(StoreFiles files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  /** What cannot be read of what refers to them is told by others. */
  void run(@Nullable StateStore state, @Nullable LogReader log) {
    try {
      report =
          BlobCheck.run(
              files,
              visitor -> new StoreReferences(files, state, log).quietly(visitor),
              this::found,
              () -> {});
    } catch (TidemarkException e) {
      findings.add(
          Part.LARGE_VALUE, files.blobs(), "directories that can be listed", e.getMessage());
    }
  }

  private void found(BlobFinding found) {
    findings.add(Part.LARGE_VALUE, found.file(), "a chunk of " + found.value(), found.message());
  }

  /** How many there are. */
  long values() {
    return report == null ? 0 : report.values();
  }

  /** How many chunks of them are as they were written. */
  long chunks() {
    return report == null ? 0 : report.chunks();
  }
}
