package dev.tidemark.storage.snapshot;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.Quarantine;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A restore that has all it needs in the store's directory: the identity to take and a whole copy
 * of the snapshot's files. That the directory has its name is the decision; from then on whoever
 * opens the store carries it out. Every step can be taken again when a crash interrupts it.
 */
public final class DecidedRestore {
  private final StoreFiles files;
  private final DurableFiles disk;
  private final Quarantine quarantine;
  private final List<Path> setAside = new ArrayList<>();

  /** The one of a store's directory. */
  public DecidedRestore(StoreFiles files, DurableFiles disk) {
    this.files = files;
    this.disk = disk;
    this.quarantine = new Quarantine(files, disk);
  }

  /** Whether there is one. */
  public static boolean isThere(StoreFiles files) {
    return Files.exists(files.restored());
  }

  /** The identity that the store takes; empty if all but the tidying is done. */
  public static Optional<Identity> identity(StoreFiles files) {
    return Identity.read(new StoreFiles(files.restored()));
  }

  /** How far the state is that the store takes. */
  public static Progress progress(StoreFiles files) {
    Path data = data(files);
    Path state = Files.exists(data) ? data : files.state();
    return StateLook.at(state, false)
        .orElseThrow(
            () ->
                new DamagedException(
                    Problem.of("restored state is missing")
                        .with("directory", state)
                        .advise("restore the snapshot again")))
        .progress();
  }

  static Path data(StoreFiles files) {
    return new SnapshotFiles(files.restored()).data();
  }

  /**
   * Carries it out; the store can then be opened.
   *
   * @throws DamagedException if what was prepared is damaged; nothing is changed
   */
  public RestoreReport finish() throws IOException {
    Progress progress = progress(files);
    Identity identity = identity(files).orElse(null);
    CrashPoint.RESTORE_FINISH.before();
    if (identity == null) {
      identity = alreadyTaken();
    } else {
      // The first thing: from here on no dot can be made twice.
      identity.write(files, disk);
      replace(identity, progress);
    }
    disk.deleteDirectory(files.restored());
    CrashPoint.RESTORE_FINISH.after();
    return new RestoreReport(identity, progress.applied(), setAside);
  }

  /** The identity goes last of all that is tidied up. */
  private Identity alreadyTaken() {
    if (Files.exists(data(files))) {
      throw new DamagedException(
          Problem.of("restore lacks its identity")
              .with("directory", files.restored())
              .advise("remove that directory, and restore the snapshot again"));
    }
    return Identity.read(files).orElseThrow();
  }

  private void replace(Identity identity, Progress progress) throws IOException {
    Path data = data(files);
    if (Files.exists(data)) {
      setAside(files.state());
      setAside(files.log());
      // It speaks of the log that is gone.
      disk.delete(files.durableMark());
      disk.delete(files.stateSuspect());
      setSnapshotsAside(identity, progress.applied());
      disk.move(data, files.state());
    }
    OpLog.begin(files, identity.storeId(), progress.applied() + 1, progress.vector(), disk);
  }

  private void setAside(Path path) throws IOException {
    if (Files.exists(path)) {
      setAside.add(quarantine.take(path));
    }
  }

  /** Positions above the new log's beginning will be those of other commits. */
  private void setSnapshotsAside(Identity identity, long position) throws IOException {
    for (Path path : Snapshots.list(files)) {
      if (Snapshots.position(path) > position || !isOf(path, identity)) {
        setAside.add(quarantine.take(path));
      }
    }
  }

  private static boolean isOf(Path path, Identity identity) {
    try {
      return Arrays.equals(Snapshot.read(path).manifest().storeId(), identity.storeId());
    } catch (DamagedException e) {
      return false;
    }
  }
}
