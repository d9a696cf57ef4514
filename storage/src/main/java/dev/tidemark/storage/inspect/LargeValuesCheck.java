package dev.tidemark.storage.inspect;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.Finding.Part;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.reference.LargeCheck;
import dev.tidemark.storage.reference.LogReferences;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotBlobs;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.storage.state.LargeReferences;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import org.jspecify.annotations.Nullable;

/** Reads every large value that the log, the state or a snapshot refers to. */
final class LargeValuesCheck {
  private final StoreFiles files;
  private final Findings findings;
  private long values;
  private long bytes;

  LargeValuesCheck(StoreFiles files, Findings findings) {
    this.files = files;
    this.findings = findings;
  }

  /** What cannot be read of what refers to them is told by others. */
  void run(@Nullable StateStore state, @Nullable LogReader log) {
    BlobStore blobs = new BlobStore(files, DurableFiles.standard(), 0);
    try (LargeCheck check =
        new LargeCheck(
            blobs,
            (value, e) ->
                findings.add(
                    Part.LARGE_VALUE, value, "all of its chunks, as written", e.getMessage()))) {
      quietly(() -> ofState(state, check));
      quietly(() -> ofLog(log, check));
      quietly(() -> ofSnapshots(check));
      values = check.values();
      bytes = check.bytes();
    }
  }

  private static void quietly(Runnable walk) {
    try {
      walk.run();
    } catch (TidemarkException told) {
      // Damage of the log, the state or a snapshot.
    }
  }

  private static void ofState(@Nullable StateStore state, LargeCheck check) {
    if (state != null) {
      try (Pin pin = state.pin()) {
        LargeReferences.of(state, pin, () -> {}, check::check);
      }
    }
  }

  private static void ofLog(@Nullable LogReader log, LargeCheck check) {
    if (log != null) {
      try (var cursor = log.cursor(log.firstPosition())) {
        LogReferences.of(cursor, () -> {}, check::check);
      }
    }
  }

  private void ofSnapshots(LargeCheck check) {
    for (var snapshot : Snapshots.list(files)) {
      quietly(() -> SnapshotBlobs.references(Snapshot.read(snapshot), () -> {}, check::check));
    }
  }

  /** How many there are. */
  long values() {
    return values;
  }

  /** How many bytes of them are as they were written. */
  long bytes() {
    return bytes;
  }
}
