package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.BlobFiles;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.log.SpaceGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directories that chunks lie in. Writers and a sweep meet here, under one lock for each
 * directory: a writer says that it counts on a chunk and looks whether it is there, the sweep looks
 * whether anybody counts on it and deletes it; neither comes between the two steps of the other.
 */
final class ChunkRoom {
  private final BlobFiles files;
  private final DurableFiles disk;
  private final SpaceGuard space;
  private final Object[] locks = new Object[BlobFiles.DIRECTORIES];
  private final boolean[] named = new boolean[BlobFiles.DIRECTORIES];
  private final AtomicLong unfinished = new AtomicLong();
  private volatile @Nullable Watch watch;

  /** What a failed force of a directory did not save, the next one of it may take for saved. */
  private volatile @Nullable Throwable failure;

  private boolean prepared;

  ChunkRoom(BlobFiles files, DurableFiles disk, SpaceGuard space) {
    this.files = files;
    this.disk = disk;
    this.space = space;
    for (int i = 0; i < locks.length; i++) {
      locks[i] = new Object();
    }
  }

  BlobFiles files() {
    return files;
  }

  DurableFiles disk() {
    return disk;
  }

  /**
   * Refuses to write below the reserve of the disk, or after a failure.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if the disk is almost full
   * @throws StorePoisonedException after a directory could not be forced
   */
  void require(long bytes) {
    Throwable cause = failure;
    if (cause != null) {
      throw new StorePoisonedException(
          Problem.of("blob store has failed")
              .with("cause", cause)
              .advise("reads go on; close the store, mend the cause, and open it again"),
          cause);
    }
    space.take(bytes, bytes);
  }

  /** Counts on a chunk from now on; whether it is there. */
  boolean claim(Bytes hash) {
    synchronized (lock(hash)) {
      Watch watching = watch;
      if (watching != null) {
        watching.chunk(hash);
      }
      return Files.exists(files.chunk(hash));
    }
  }

  /** Counts on a value from now on. */
  void refer(LargeValue value) {
    Watch watching = watch;
    if (watching != null) {
      watching.value(value);
    }
  }

  /** A sweep begins, or ends, to be told of what is counted on. */
  void watch(@Nullable Watch watching) {
    watch = watching;
  }

  /** Deletes a chunk unless somebody counts on it; gives its bytes, 0 if it is kept. */
  long remove(Bytes hash, Watch watching) throws IOException {
    synchronized (lock(hash)) {
      if (watching.has(hash)) {
        return 0;
      }
      Path file = files.chunk(hash);
      long bytes = Files.size(file);
      CrashPoint.BLOB_SWEEP.before();
      disk.delete(file);
      CrashPoint.BLOB_SWEEP.after();
      return bytes;
    }
  }

  private Object lock(Bytes hash) {
    return locks[BlobFiles.number(hash)];
  }

  /** The chunks that are in the directory of a number. */
  List<Bytes> list(int number) throws IOException {
    Path directory = files.numbered(number);
    List<Bytes> hashes = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> entries = Files.list(directory)) {
        entries.forEach(path -> BlobFiles.hash(path).ifPresent(hashes::add));
      }
    }
    return hashes;
  }

  /**
   * A file that no other writer uses; the first time, what a crash has left of others is removed.
   */
  synchronized Path nextUnfinished() {
    if (!prepared) {
      try {
        disk.createDirectory(files.directory());
        disk.createDirectory(files.unfinished());
        removeUnfinished();
      } catch (IOException e) {
        failure = e;
        throw unusable(files.directory(), e);
      }
      prepared = true;
    }
    return files.unfinished(unfinished.incrementAndGet());
  }

  private void removeUnfinished() throws IOException {
    List<Path> left;
    try (Stream<Path> entries = Files.list(files.unfinished())) {
      left = entries.toList();
    }
    for (Path file : left) {
      disk.delete(file);
    }
  }

  /** Makes the directory of a number, for good. */
  void nameDirectory(int number) throws IOException {
    synchronized (locks[number]) {
      if (!named[number]) {
        try {
          disk.createDirectory(files.numbered(number));
        } catch (IOException e) {
          failure = e;
          throw e;
        }
        named[number] = true;
      }
    }
  }

  /** Makes the names in the directory of a number survive a power loss. */
  void forceDirectory(int number) {
    Path directory = files.numbered(number);
    try {
      nameDirectory(number);
      disk.forceDirectory(directory);
    } catch (IOException e) {
      failure = e;
      throw unusable(directory, e);
    }
  }

  private static StoreUnusableException unusable(Path directory, IOException e) {
    return new StoreUnusableException(
        Problem.of("directory of large values cannot be written")
            .with("directory", directory)
            .with("cause", e)
            .advise("check the disk; nothing refers to what was to be written"),
        DiskFull.unless(e, directory));
  }
}
