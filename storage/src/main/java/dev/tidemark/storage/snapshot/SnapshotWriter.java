package dev.tidemark.storage.snapshot;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateMismatch;
import dev.tidemark.storage.state.StateReading;
import dev.tidemark.storage.state.StateRoots;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes a snapshot: RocksDB's copy of itself, forced and hashed, then the manifest, all under a
 * name that is no snapshot's; then it takes its own. What the manifest says is read from the copy,
 * so it is true of that, whatever has been folded into the state meanwhile.
 */
public final class SnapshotWriter {
  private final StoreFiles files;
  private final Identity identity;
  private final DurableFiles disk;
  private final Runnable pace;

  /**
   * A writer of one store.
   *
   * @param pace is run between portions of the work; may throw to end it
   */
  public SnapshotWriter(StoreFiles files, Identity identity, DurableFiles disk, Runnable pace) {
    this.files = files;
    this.identity = identity;
    this.disk = disk;
    this.pace = pace;
  }

  /**
   * Takes one. If it fails nothing is left of it.
   *
   * @param checkpoint copies the state into a directory that is not there yet
   * @throws DamagedException if the state is damaged
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room
   * @throws StoreUnusableException if the disk fails
   */
  public Snapshot take(Consumer<Path> checkpoint) {
    // Drawn like a replica id: nobody draws the same.
    long id = Identity.drawReplicaId();
    SnapshotFiles made =
        SnapshotFiles.unfinished(files.snapshots(), HexFormat.of().toHexDigits(id));
    boolean taken = false;
    try {
      CrashPoint.SNAPSHOT_TAKE.before();
      disk.createDirectory(files.snapshots());
      disk.createDirectory(made.directory());
      CrashPoint.SNAPSHOT_CHECKPOINT.before();
      checkpoint.accept(made.data());
      CrashPoint.SNAPSHOT_CHECKPOINT.after();
      Manifest manifest = describe(id, made);
      disk.replace(made.manifest(), manifest.encode());
      SnapshotFiles named = SnapshotFiles.of(files.snapshots(), manifest.position(), id);
      CrashPoint.SNAPSHOT_PUBLISH.before();
      disk.move(made.directory(), named.directory());
      CrashPoint.SNAPSHOT_PUBLISH.after();
      taken = true;
      CrashPoint.SNAPSHOT_TAKE.after();
      return new Snapshot(named, manifest);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("snapshot cannot be written")
              .with("directory", made.directory())
              .with("cause", e)
              .advise("check the disk; the store itself is as it was"),
          DiskFull.unless(e, made.directory()));
    } finally {
      if (!taken) {
        removeWhatThereIs(made);
      }
    }
  }

  private Manifest describe(long id, SnapshotFiles made) throws IOException {
    List<SnapshotFile> content = forced(made.data());
    try (StateStore state = StateStore.openReadOnly(made.data());
        Pin pin = state.pin()) {
      return new Manifest(
          identity.storeId(),
          id,
          identity.replicaId(),
          identity.formerReplicaIds(),
          System.currentTimeMillis(),
          state.progress(),
          state.floor(),
          state.schema(),
          content,
          soundRoots(state, pin, made));
    }
  }

  /**
   * A copy that is not what it says it is would take the place of older ones, and of the log. What
   * is read here is what the files were hashed of: to read it all again would prove nothing more.
   */
  private StateRoots soundRoots(StateStore state, Pin pin, SnapshotFiles made) {
    AtomicReference<@Nullable StateMismatch> first = new AtomicReference<>();
    StateRoots roots =
        StateReading.of(state, pin, pace, found -> first.compareAndSet(null, found)).roots();
    if (roots == null) {
      throw new DamagedException(
          Problem.of("state is damaged, and no snapshot is made of it")
              .with("directory", files.state())
              .with("snapshot", made.directory())
              .with("status", String.valueOf(first.get()))
              .advise("`tidemark verify` tells all of it; older snapshots and the log are kept"));
    }
    return roots;
  }

  /** RocksDB has forced what it wrote, but not all of it in the names that it has here. */
  private List<SnapshotFile> forced(Path data) throws IOException {
    List<SnapshotFile> content = new ArrayList<>();
    FileHash hash = new FileHash(pace);
    try (Stream<Path> entries = Files.list(data)) {
      for (Path file : entries.sorted().toList()) {
        try (FileChannel channel = disk.open(file, StandardOpenOption.READ)) {
          disk.force(channel);
        }
        content.add(hash.of(file));
      }
    }
    disk.forceDirectory(data);
    return content;
  }

  /** Room for the next try; if that fails too, the next open does it. */
  private void removeWhatThereIs(SnapshotFiles made) {
    try {
      disk.deleteDirectory(made.directory());
    } catch (IOException e) {
      // Its name says that it is no snapshot.
    }
  }
}
