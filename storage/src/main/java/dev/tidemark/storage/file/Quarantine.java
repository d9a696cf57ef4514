package dev.tidemark.storage.file;

import dev.tidemark.storage.fault.CrashPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where what cannot be used any more is moved to, and never deleted. */
public final class Quarantine {
  private final StoreFiles files;
  private final DurableFiles disk;

  /** The quarantine of a store. */
  public Quarantine(StoreFiles files, DurableFiles disk) {
    this.files = files;
    this.disk = disk;
  }

  /** Moves something into it, under a name that is not taken; gives the new path. */
  public Path take(Path path) throws IOException {
    disk.createDirectory(files.quarantine());
    Path target;
    int number = 0;
    do {
      number++;
      target = files.quarantine().resolve(path.getFileName() + "-" + number);
    } while (Files.exists(target));
    CrashPoint.RECOVERY_SET_ASIDE.before();
    disk.move(path, target);
    CrashPoint.RECOVERY_SET_ASIDE.after();
    return target;
  }
}
