package dev.tidemark.storage.snapshot;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.storage.blob.BlobCheck;
import dev.tidemark.storage.blob.BlobFinding;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.blob.BlobStore;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.state.LargeReferences;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The large values of a snapshot. One that lies in its store refers to the chunks of that store,
 * which keeps them as long as it keeps the snapshot; a copy has its own, in {@code blobs/}.
 */
public final class SnapshotBlobs {
  private SnapshotBlobs() {}

  /** Shows all that the state of a snapshot refers to, one for each cell. */
  public static void references(Snapshot snapshot, Runnable pace, Consumer<LargeValue> visitor) {
    try (StateStore state = StateStore.openReadOnly(snapshot.files().data());
        Pin pin = state.pin()) {
      LargeReferences.of(state, pin, pace, visitor);
    }
  }

  /**
   * Reads every chunk that the state of a snapshot refers to.
   *
   * @param findings is told of each that is missing or damaged
   * @param pace is run between portions of the work; may throw to end it
   */
  public static BlobReport check(Snapshot snapshot, Consumer<BlobFinding> findings, Runnable pace) {
    return BlobCheck.run(
        files(snapshot), visitor -> references(snapshot, pace, visitor), findings, pace);
  }

  /** The chunks, to be read. */
  public static BlobStore open(Snapshot snapshot) {
    return new BlobStore(files(snapshot), DurableFiles.standard(), 0);
  }

  /** Where the chunks are. */
  public static StoreFiles files(Snapshot snapshot) {
    StoreFiles own = new StoreFiles(snapshot.directory());
    Path directory = snapshot.directory().toAbsolutePath().normalize();
    Path parent = directory.getParent();
    Path store = parent == null ? null : parent.getParent();
    return store == null || Files.exists(own.blobs()) ? own : new StoreFiles(store);
  }
}
