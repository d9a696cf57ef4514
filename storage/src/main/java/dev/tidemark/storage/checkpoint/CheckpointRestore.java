package dev.tidemark.storage.checkpoint;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.snapshot.DecidedRestore;
import dev.tidemark.storage.snapshot.Restore;
import dev.tidemark.storage.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes a set of stores of a checkpoint, each in a directory of its member's old replica id. All of
 * the checkpoint is checked before the first is made. It can be run again when it was interrupted:
 * a store that is there stays as it is, one that was begun is finished.
 */
public final class CheckpointRestore {
  private final Path target;
  private final DurableFiles disk;

  private CheckpointRestore(Path target, DurableFiles disk) {
    this.target = target;
    this.disk = disk;
  }

  /**
   * A store that was made.
   *
   * @param member whose operations its snapshot's store made
   * @param directory where it is
   * @param identity who it is now
   * @param wasThere whether an earlier run had made it
   */
  public record Restored(long member, Path directory, Identity identity, boolean wasThere) {}

  /**
   * Restores a checkpoint.
   *
   * @param target a directory for the stores
   * @throws CheckpointRefusedException if it is not complete, or a copy is not what was submitted;
   *     nothing is changed
   * @throws dev.tidemark.error.DamagedException if it is damaged; nothing is changed
   * @throws IllegalArgumentException if a member's directory is in use
   */
  public static List<Restored> run(CheckedCheckpoint checked, Path target) {
    return run(checked, target, DurableFiles.standard());
  }

  /** The same on a disk of its own, which may be one that fails. */
  public static List<Restored> run(CheckedCheckpoint checked, Path target, DurableFiles disk) {
    CheckpointRestore restore = new CheckpointRestore(target, disk);
    List<Restored> stores = new ArrayList<>();
    checked.snapshots().forEach((member, from) -> stores.add(restore.run(member, from)));
    return stores;
  }

  private Restored run(long member, Snapshot from) {
    StoreFiles files = new StoreFiles(target.resolve(ReplicaId.format(member)));
    finishDecided(files);
    Optional<Identity> made = Identity.read(files).filter(identity -> isMadeOf(identity, from));
    if (made.isPresent()) {
      return new Restored(member, files.directory(), made.get(), true);
    }
    Identity identity = Restore.run(from.directory(), files.directory(), false, disk).identity();
    return new Restored(member, files.directory(), identity, false);
  }

  private void finishDecided(StoreFiles files) {
    if (!DecidedRestore.isThere(files)) {
      return;
    }
    try (StoreLock lock = StoreLock.acquire(files)) {
      new DecidedRestore(files, disk).finish();
    } catch (IOException e) {
      throw Checkpoints.failed(files.directory(), e);
    }
  }

  /** Not the member's own store: that one has not got another id. */
  private static boolean isMadeOf(Identity identity, Snapshot from) {
    return Arrays.equals(identity.storeId(), from.manifest().storeId())
        && identity.formerReplicaIds().contains(from.manifest().replicaId());
  }
}
