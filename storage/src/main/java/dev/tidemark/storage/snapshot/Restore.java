package dev.tidemark.storage.snapshot;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.format.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a store of a snapshot, in a directory that is new or empty, or in the place of a store. It
 * gathers all it needs first, and what is there stays as it is until then; see {@link
 * DecidedRestore} for the rest.
 *
 * <p>The store takes a new replica id: what the old one has made since the snapshot may have been
 * seen by others, who give it back.
 */
public final class Restore {
  private final Path directory;
  private final StoreFiles files;
  private final DurableFiles disk;

  private Restore(Path snapshot, StoreFiles files, DurableFiles disk) {
    this.directory = snapshot;
    this.files = files;
    this.disk = disk;
  }

  /**
   * Restores a snapshot, which is checked first.
   *
   * @param target where the store is to be
   * @param inPlace whether there may be a store already, which is then moved to its quarantine
   * @throws DamagedException if the snapshot is damaged; nothing is changed
   * @throws StoreUnusableException if it is no snapshot, or the target cannot be written
   * @throws dev.tidemark.error.StoreLockedException if the target is open
   * @throws IllegalArgumentException if the target is in use, or of another store
   */
  public static RestoreReport run(Path snapshot, Path target, boolean inPlace) {
    return run(snapshot, target, inPlace, DurableFiles.standard());
  }

  /** The same on a disk of its own, which may be one that fails. */
  public static RestoreReport run(Path snapshot, Path target, boolean inPlace, DurableFiles disk) {
    return new Restore(snapshot, new StoreFiles(target), disk).run(inPlace);
  }

  /**
   * Gathers all that it takes to let a snapshot take the place of a store, and leaves the rest to
   * whoever opens that next.
   */
  public static void decide(Path snapshot, Path target) {
    new Restore(snapshot, new StoreFiles(target), DurableFiles.standard())
        .run(true, restore -> restore);
  }

  private RestoreReport run(boolean inPlace) {
    return run(inPlace, DecidedRestore::finish);
  }

  /** What is done once it is decided. */
  @FunctionalInterface
  private interface Ending<T> {
    T of(DecidedRestore restore) throws IOException;
  }

  private <T> T run(boolean inPlace, Ending<T> ending) {
    Snapshot snapshot = SnapshotCheck.requireGood(directory, () -> {});
    requireTarget(inPlace);
    try {
      disk.createDirectories(files.directory());
      try (StoreLock lock = StoreLock.acquire(files)) {
        if (DecidedRestore.isThere(files)) {
          new DecidedRestore(files, disk).finish();
        }
        prepare(snapshot, identity(snapshot.manifest()));
        disk.move(files.restoring(), files.restored());
        return ending.of(new DecidedRestore(files, disk));
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void prepare(Snapshot snapshot, Identity identity) throws IOException {
    boolean prepared = false;
    try {
      // Of an earlier one that was interrupted.
      disk.deleteDirectory(files.restoring());
      disk.createDirectory(files.restoring());
      SnapshotFiles gathered = new SnapshotFiles(files.restoring());
      SnapshotCopy copy = new SnapshotCopy(snapshot, disk, () -> {});
      // Where they are to be: what nothing refers to there yet means nothing.
      copy.copyLargeValues(files);
      copy.copyData(gathered.data());
      identity.write(new StoreFiles(files.restoring()), disk);
      prepared = true;
    } finally {
      if (!prepared) {
        removeWhatThereIs();
      }
    }
  }

  private void removeWhatThereIs() {
    try {
      disk.deleteDirectory(files.restoring());
    } catch (IOException e) {
      // It means nothing; the next restore removes it.
    }
  }

  /** Who the store will be: the one of the snapshot, with a replica id that nobody has had. */
  private Identity identity(Manifest manifest) throws IOException {
    Set<Long> former = new LinkedHashSet<>(manifest.formerReplicaIds());
    former.add(manifest.replicaId());
    Identity held = held();
    if (held != null) {
      if (!Arrays.equals(held.storeId(), manifest.storeId())) {
        throw Problem.of("snapshot is of another store")
            .with("directory", files.directory())
            .with("snapshot", directory)
            .advise("restore it into a directory of its own")
            .illegalArgument();
      }
      former.addAll(held.formerReplicaIds());
      former.add(held.replicaId());
    }
    return new Identity(
        manifest.storeId(),
        Identity.drawReplicaId(),
        System.currentTimeMillis(),
        true,
        Place.of(files.directory()),
        List.copyOf(former));
  }

  /** The identity of the store that is there; null if there is none that can be read. */
  private @Nullable Identity held() {
    try {
      return Identity.read(files).orElse(null);
    } catch (DamagedException lost) {
      return null;
    }
  }

  private void requireTarget(boolean inPlace) {
    Path target = files.directory().toAbsolutePath().normalize();
    if (target.startsWith(directory.toAbsolutePath().normalize())) {
      throw Problem.of("target is inside the snapshot")
          .with("snapshot", directory)
          .with("target", files.directory())
          .advise("give a directory elsewhere")
          .illegalArgument();
    }
    if (isInUse() && !(inPlace && isStore())) {
      throw Problem.of("directory is in use already")
          .with("directory", files.directory())
          .advise("give one that is empty or not there yet, or a store that is to be replaced")
          .illegalArgument();
    }
  }

  /** Whether it holds more than what an interrupted restore leaves. */
  private boolean isInUse() {
    if (!Files.exists(files.directory())) {
      return false;
    }
    Set<Path> own =
        Set.of(
            files.lock(),
            files.restoring(),
            files.blobs(),
            files.directory().resolve("lost+found"));
    try (Stream<Path> entries = Files.list(files.directory())) {
      return entries.anyMatch(entry -> !own.contains(entry));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Whether there is a store, or what is left of one. */
  private boolean isStore() {
    return Stream.of(files.identity(), files.log(), files.state(), files.durableMark())
            .anyMatch(Files::exists)
        || DecidedRestore.isThere(files);
  }

  private StoreUnusableException failed(IOException e) {
    return new StoreUnusableException(
        Problem.of("snapshot cannot be restored")
            .with("snapshot", directory)
            .with("to", files.directory())
            .with("cause", e)
            .advise("check the disk; unless it was decided, what was there is as it was"),
        DiskFull.unless(e, files.directory()));
  }
}
