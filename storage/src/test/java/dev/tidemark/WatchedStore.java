package dev.tidemark;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.SteppedWorkers;
import dev.tidemark.storage.fault.Chance;
import dev.tidemark.storage.fault.ForgetfulDisk;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.fault.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A store on a disk that forgets what was not forced when the power fails, and without a thread of
 * its own: what goes on behind its back does so when it is told to.
 */
public final class WatchedStore implements AutoCloseable {
  private final Path directory;
  private final ForgetfulDisk disk;
  private final SteppedWorkers workers;
  private final Tidemark store;

  private WatchedStore(Path directory, ForgetfulDisk disk, SteppedWorkers workers, Tidemark store) {
    this.directory = directory;
    this.disk = disk;
    this.workers = workers;
    this.store = store;
  }

  /** Opens the store in a directory of its own; what is there counts as forced. */
  public static WatchedStore open(Path home, Schema schema, Options options, Watcher... others)
      throws IOException {
    Files.createDirectories(home);
    ForgetfulDisk disk = ForgetfulDisk.under(home);
    Watcher[] watchers = new Watcher[others.length + 1];
    watchers[0] = disk;
    System.arraycopy(others, 0, watchers, 1, others.length);
    Path directory = home.resolve("store");
    SteppedWorkers workers = new SteppedWorkers();
    Tidemark store =
        Tidemark.open(directory, schema, options, new ObservedFiles(watchers), workers);
    return new WatchedStore(directory, disk, workers, store);
  }

  /** The store. */
  public Tidemark store() {
    return store;
  }

  /** The greatest stamp given or observed: what its status says, without all else that is there. */
  public long clock() {
    return store.core().clock();
  }

  /** Does what is due behind its back. */
  public void step() {
    workers.step();
  }

  /** Has all who work behind its back look whether there is something to do. */
  public void wake() {
    workers.wake();
  }

  /** Lays aside what the disk has, as if the power failed now. */
  public Runnable losePower(Path kept, Chance chance) throws IOException {
    LostPower loss = LostPower.now(disk, kept, 0, 0, chance);
    return () -> {
      try {
        loss.restore(directory);
        Scratch.delete(kept);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    };
  }

  @Override
  public void close() {
    store.close();
  }
}
