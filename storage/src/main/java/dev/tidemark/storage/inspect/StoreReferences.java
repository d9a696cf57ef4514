package dev.tidemark.storage.inspect;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.reference.LogReferences;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotBlobs;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.storage.state.LargeReferences;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The large values that a store refers to which is looked at from outside. */
record StoreReferences(StoreFiles files, @Nullable StateStore state, @Nullable LogReader log) {
  /** Shows all of them. */
  void all(Consumer<LargeValue> visitor) {
    ofState(visitor);
    ofLog(visitor);
    for (Path snapshot : Snapshots.list(files)) {
      ofSnapshot(snapshot, visitor);
    }
  }

  /** Shows those of what can be read. */
  void quietly(Consumer<LargeValue> visitor) {
    quietly(() -> ofState(visitor));
    quietly(() -> ofLog(visitor));
    quietly(
        () ->
            Snapshots.list(files)
                .forEach(snapshot -> quietly(() -> ofSnapshot(snapshot, visitor))));
  }

  private static void quietly(Runnable walk) {
    try {
      walk.run();
    } catch (TidemarkException told) {
      // Damage of the log, the state or a snapshot.
    }
  }

  private void ofState(Consumer<LargeValue> visitor) {
    if (state != null) {
      try (Pin pin = state.pin()) {
        LargeReferences.of(state, pin, () -> {}, visitor);
      }
    }
  }

  private void ofLog(Consumer<LargeValue> visitor) {
    if (log != null) {
      try (LogCursor cursor = log.cursor(log.firstPosition())) {
        LogReferences.of(cursor, () -> {}, visitor);
      }
    }
  }

  private static void ofSnapshot(Path snapshot, Consumer<LargeValue> visitor) {
    SnapshotBlobs.references(Snapshot.read(snapshot), () -> {}, visitor);
  }
}
