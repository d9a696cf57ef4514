package dev.tidemark.storage.inspect;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.Finding.Part;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.Snapshots;
import java.nio.file.Files;
import java.nio.file.Path;

/** Holds each of a store's snapshots to its manifest. */
final class SnapshotsCheck {
  private final StoreFiles files;
  private final Findings findings;
  private long checked;

  SnapshotsCheck(StoreFiles files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  /** Checks all of them; one that an open store removes meanwhile is none any more. */
  void run() {
    try {
      Snapshots.list(files).forEach(this::check);
    } catch (TidemarkException e) {
      findings.add(Part.SNAPSHOT, files.snapshots(), "snapshots that can be read", e.getMessage());
    }
  }

  private void check(Path snapshot) {
    try {
      SnapshotCheck.run(
          snapshot,
          found ->
              findings.add(
                  Part.SNAPSHOT,
                  snapshot.getFileName() + ", " + found.where(),
                  found.expected(),
                  found.actual()),
          () -> {});
      checked++;
    } catch (TidemarkException e) {
      if (Files.exists(snapshot)) {
        findings.add(Part.SNAPSHOT, snapshot, "a snapshot that can be read", e.getMessage());
      }
    }
  }

  /** How many were checked. */
  long checked() {
    return checked;
  }
}
