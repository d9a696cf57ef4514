package dev.tidemark.storage.checkpoint;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.SnapshotCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The checkpoints that lie in a directory: each a record of who has submitted what, and beside it a
 * copy of every snapshot, which no retention of a store removes.
 *
 * <p>A submission is taken in this order: the snapshot is checked byte for byte and held to what
 * its member says; it is copied, forced and checked again; the record names it. A crash before the
 * record leaves a copy that means nothing, and that the next submission uses or replaces.
 */
public final class Checkpoints {
  private final Path directory;
  private final DurableFiles disk;

  /** Those of a directory, which need not be there yet. */
  public Checkpoints(Path directory) {
    this(directory, DurableFiles.standard());
  }

  /** The same on a disk of its own, which may be one that fails. */
  public Checkpoints(Path directory, DurableFiles disk) {
    this.directory = directory;
    this.disk = disk;
  }

  /** The ids of those there are, in order. */
  public List<String> list() {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> Files.exists(new CheckpointFiles(entry).checkpoint()))
          .map(entry -> entry.getFileName().toString())
          .sorted()
          .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  /**
   * Begins a checkpoint; does nothing if it was begun with the same members.
   *
   * @throws IllegalArgumentException if it was begun with others, or names nobody
   */
  public ClusterCheckpoint begin(String id, Collection<Long> members) {
    CheckpointFiles files = CheckpointFiles.of(directory, id);
    ClusterCheckpoint begun =
        ClusterCheckpoint.begin(
            id, Bytes.wrap(Identity.drawStoreId()), System.currentTimeMillis(), members);
    try {
      disk.createDirectories(files.directory());
      try (StoreLock lock = lock(files)) {
        if (Files.exists(files.checkpoint())) {
          return requireSameMembers(load(id), begun);
        }
        disk.replace(files.checkpoint(), CheckpointFile.encode(begun));
        return begun;
      }
    } catch (IOException e) {
      throw failed(files.directory(), e);
    }
  }

  private static ClusterCheckpoint requireSameMembers(
      ClusterCheckpoint held, ClusterCheckpoint wanted) {
    if (!held.expected().equals(wanted.expected())) {
      throw Problem.of("checkpoint was begun with other members")
          .with("checkpoint", held.id())
          .with("held", ClusterCheckpoint.names(held.expected()))
          .with("wanted", ClusterCheckpoint.names(wanted.expected()))
          .advise("give it another id")
          .illegalArgument();
    }
    return held;
  }

  /** One process at a time changes a checkpoint. */
  private static StoreLock lock(CheckpointFiles files) {
    return StoreLock.acquire(new StoreFiles(files.directory()));
  }

  /**
   * Reads a checkpoint.
   *
   * @throws StoreUnusableException if there is none
   * @throws dev.tidemark.error.DamagedException if its record is damaged
   */
  public ClusterCheckpoint load(String id) {
    Path file = CheckpointFiles.of(directory, id).checkpoint();
    try {
      return CheckpointFile.decode(file, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new StoreUnusableException(
          Problem.of("there is no such checkpoint")
              .with("file", file)
              .advise("begin it, or list those there are"));
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Takes a snapshot as what its own manifest says.
   *
   * @see #accept
   */
  public ClusterCheckpoint submit(String id, Path snapshot) {
    return accept(id, Submission.of(Snapshot.read(snapshot).manifest()), snapshot);
  }

  /**
   * Takes what a member says of a snapshot, once the snapshot was found to be that.
   *
   * @param snapshot the snapshot, or a copy of it; it stays where it is
   * @return the checkpoint with it, or as it was if it was there already
   * @throws CheckpointRefusedException if the snapshot is not what the member says, or the
   *     checkpoint has no place for it; nothing is changed
   * @throws dev.tidemark.error.DamagedException if the snapshot is damaged; nothing is changed
   */
  public ClusterCheckpoint accept(String id, Submission claimed, Path snapshot) {
    CheckpointFiles files = CheckpointFiles.of(directory, id);
    load(id).with(claimed);
    Snapshot checked = SnapshotCheck.requireGood(snapshot, () -> {});
    requireTrue(id, claimed, Submission.of(checked.manifest()));
    try (StoreLock lock = lock(files)) {
      ClusterCheckpoint before = load(id);
      ClusterCheckpoint after = before.with(claimed);
      copy(checked, files.member(claimed.member()));
      if (after != before) {
        disk.replace(files.checkpoint(), CheckpointFile.encode(after));
      }
      return after;
    } catch (IOException e) {
      throw failed(files.directory(), e);
    }
  }

  /** Refuses a submission that its snapshot does not bear out. */
  static void requireTrue(String id, Submission claimed, Submission actual) {
    if (!claimed.equals(actual)) {
      throw new CheckpointRefusedException(
          Problem.of("snapshot is not what was submitted")
              .with("checkpoint", id)
              .with("expected", claimed)
              .with("actual", actual)
              .advise("submit it again as what it is, or find the one that was meant"));
    }
  }

  /** Uses the copy of an earlier try if it is whole; nobody else has named it. */
  private void copy(Snapshot snapshot, Path member) throws IOException {
    Path copy = member.resolve(snapshot.files().name());
    if (isWhole(copy, snapshot)) {
      return;
    }
    disk.deleteDirectory(member);
    new SnapshotCopy(snapshot, disk, () -> {}).into(member);
  }

  private static boolean isWhole(Path copy, Snapshot snapshot) {
    if (!Files.isDirectory(copy)) {
      return false;
    }
    return SnapshotCheck.run(copy, mismatch -> {}, () -> {}).isClean()
        && Submission.of(Snapshot.read(copy).manifest()).equals(Submission.of(snapshot.manifest()));
  }

  /**
   * Checks every copy byte for byte, against what was submitted and against the checkpoint's root.
   *
   * @param id a checkpoint that is complete
   * @throws CheckpointRefusedException if it is not complete, or a copy is not what was submitted
   * @throws dev.tidemark.error.DamagedException if a copy is damaged
   */
  public CheckedCheckpoint check(String id) {
    return CheckedCheckpoint.of(load(id), CheckpointFiles.of(directory, id));
  }

  static StoreUnusableException failed(Path path, IOException e) {
    return new StoreUnusableException(
        Problem.of("checkpoint cannot be read or written")
            .with("path", path)
            .with("cause", e)
            .advise("check the disk; what was submitted before is as it was"),
        DiskFull.unless(e, path));
  }
}
