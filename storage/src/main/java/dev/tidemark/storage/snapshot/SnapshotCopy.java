package dev.tidemark.storage.snapshot;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.blob.BlobFinding;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.FileChannels;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.reference.LargeCopy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Copies the files of a snapshot byte by byte: what comes of it shares no block with the state that
 * the snapshot was taken of. Each file is held to its hash as it is read, and again as it was
 * written. So are the chunks of large values.
 */
public final class SnapshotCopy {
  private final Snapshot from;
  private final DurableFiles disk;
  private final Runnable pace;
  private final FileHash hash;

  /**
   * A copier.
   *
   * @param pace is run between portions of the work; may throw to end it
   */
  public SnapshotCopy(Snapshot from, DurableFiles disk, Runnable pace) {
    this.from = from;
    this.disk = disk;
    this.pace = pace;
    this.hash = new FileHash(pace);
  }

  /**
   * What came of it.
   *
   * @param snapshot the copy
   * @param largeValues what is there of the large values: of one that was incomplete where it was
   *     copied from, chunks are missing
   */
  public record Copied(Snapshot snapshot, BlobReport largeValues) {}

  /**
   * Copies the snapshot into a directory of snapshots, which is made if it is missing. If it fails
   * nothing is left of the copy.
   *
   * @return the copy, which was checked as a whole, and what of it was missing
   * @throws DamagedException if the snapshot, or what was written, is not as it should be
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room
   */
  public Copied into(Path parent) {
    SnapshotFiles target = new SnapshotFiles(parent.resolve(from.files().name()));
    if (Files.exists(target.directory())) {
      throw Problem.of("snapshot is there already")
          .with("directory", target.directory())
          .advise("check it with `tidemark verify-snapshot`, or copy to elsewhere")
          .illegalArgument();
    }
    SnapshotFiles made = SnapshotFiles.unfinished(parent, from.files().name());
    boolean copied = false;
    try {
      disk.createDirectories(parent);
      // Of an earlier copy that was interrupted.
      disk.deleteDirectory(made.directory());
      disk.createDirectory(made.directory());
      copyData(made.data());
      copyLargeValues(new StoreFiles(made.directory()));
      disk.replace(made.manifest(), from.manifest().encode());
      CrashPoint.SNAPSHOT_PUBLISH.before();
      disk.move(made.directory(), target.directory());
      CrashPoint.SNAPSHOT_PUBLISH.after();
      copied = true;
    } catch (IOException e) {
      throw failed(target.directory(), e);
    } finally {
      if (!copied) {
        removeWhatThereIs(made.directory());
      }
    }
    Snapshot copy = SnapshotCheck.requireGood(target.directory(), pace);
    return new Copied(copy, SnapshotBlobs.check(copy, SnapshotCopy::requireMissing, pace));
  }

  /**
   * What was not there to be copied is told; what was, and is not what it should be, is refused.
   */
  private static void requireMissing(BlobFinding found) {
    if (found.kind() != BlobFinding.Kind.MISSING) {
      throw new DamagedException(
          Problem.of("copied chunk is damaged")
              .with("file", found.file())
              .with("value", found.value())
              .with("cause", found.message())
              .advise("check the disk that was copied to; the snapshot itself is as it was"));
    }
  }

  private void removeWhatThereIs(Path directory) {
    try {
      disk.deleteDirectory(directory);
    } catch (IOException e) {
      // Its name says that it is no snapshot; the next copy removes it.
    }
  }

  private static StoreUnusableException failed(Path target, IOException e) {
    return new StoreUnusableException(
        Problem.of("snapshot cannot be copied")
            .with("to", target)
            .with("cause", e)
            .advise("check both disks; the snapshot itself is as it was"),
        DiskFull.unless(e, target));
  }

  /** Copies the files of the state into a directory that is not there yet, and forces all of it. */
  public void copyData(Path target) throws IOException {
    disk.createDirectory(target);
    for (SnapshotFile file : from.manifest().files()) {
      Path source = from.files().data().resolve(file.name());
      Path copy = target.resolve(file.name());
      require(source, file, copy(source, copy));
      require(copy, file, hash.of(copy));
    }
    disk.forceDirectory(target);
  }

  /**
   * Copies the large values that the state refers to. Of one that is not whole here the rest is not
   * there either.
   */
  void copyLargeValues(StoreFiles target) {
    try (LargeCopy copy = new LargeCopy(SnapshotBlobs.open(from), target, disk)) {
      SnapshotBlobs.references(from, pace, copy::copy);
    }
  }

  private SnapshotFile copy(Path source, Path target) throws IOException {
    try (FileChannel channel =
        disk.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      SnapshotFile read =
          hash.of(
              source,
              (bytes, length, offset) ->
                  FileChannels.write(
                      channel,
                      offset,
                      length == bytes.length ? bytes : Arrays.copyOf(bytes, length)));
      disk.force(channel);
      return read;
    }
  }

  private static void require(Path path, SnapshotFile expected, SnapshotFile actual) {
    if (!actual.equals(expected)) {
      throw new DamagedException(
          Problem.of("snapshot is damaged")
              .with("file", path)
              .with("expected", expected)
              .with("actual", actual)
              .advise("use another one, or a copy"));
    }
  }
}
