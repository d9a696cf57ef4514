package dev.tidemark.storage.snapshot;

import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The snapshots that lie in a store's directory. */
public final class Snapshots {
  private Snapshots() {}

  /** The directories of finished ones, the newest position first. They may be damaged. */
  public static List<Path> list(StoreFiles files) {
    try (Stream<Path> entries = Files.list(files.snapshots())) {
      return entries
          .filter(path -> SnapshotFiles.position(path).isPresent())
          .sorted(Comparator.comparing(Path::getFileName).reversed())
          .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw unusable(files, e);
    }
  }

  /** The position in a finished one's name. */
  public static long position(Path snapshot) {
    return SnapshotFiles.position(snapshot).orElseThrow();
  }

  /** Removes what crashes have left of some that were being made or removed. */
  public static void removeUnfinished(StoreFiles files, DurableFiles disk) {
    if (!Files.isDirectory(files.snapshots())) {
      return;
    }
    try (Stream<Path> entries = Files.list(files.snapshots())) {
      for (Path path : entries.filter(SnapshotFiles::isUnfinished).toList()) {
        disk.deleteDirectory(path);
      }
    } catch (IOException e) {
      throw unusable(files, e);
    }
  }

  /** Removes all but so many of the newest. */
  public static void keep(StoreFiles files, int newest, DurableFiles disk) {
    try {
      for (Path old : list(files).stream().skip(newest).toList()) {
        remove(files, old, disk);
      }
    } catch (IOException e) {
      throw unusable(files, e);
    }
  }

  /** It loses its name first: half a snapshot must not be taken for one. */
  private static void remove(StoreFiles files, Path snapshot, DurableFiles disk)
      throws IOException {
    SnapshotFiles going =
        SnapshotFiles.unfinished(files.snapshots(), snapshot.getFileName().toString());
    CrashPoint.SNAPSHOT_REMOVE.before();
    disk.move(snapshot, going.directory());
    CrashPoint.SNAPSHOT_REMOVE.after();
    disk.deleteDirectory(going.directory());
  }

  private static StoreUnusableException unusable(StoreFiles files, IOException e) {
    return Snapshot.unreadable(files.snapshots(), e);
  }
}
