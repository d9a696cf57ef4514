package dev.tidemark.storage.statistics;

import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.inspect.MovingTarget;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.membership.RingReport;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a store holds and takes up.
 *
 * @param replicaId whose operations it makes
 * @param firstPosition the oldest position that its log holds
 * @param lastPosition the newest
 * @param appliedPosition up to which the state was counted
 * @param diskBytes the sizes of files by the name in the store's directory that they are or lie
 *     under
 * @param ring the ring of its cluster, if there is one
 */
public record StoreStatistics(
    long replicaId,
    long firstPosition,
    long lastPosition,
    long appliedPosition,
    Map<String, Long> diskBytes,
    LogStatistics log,
    StateStatistics state,
    List<OriginStatistics> origins,
    RingReport ring) {
  /**
   * Looks at a store, which another process may have open, and changes nothing. Memory is bounded
   * whatever the store holds. The state is counted as it was last flushed, the log to its end.
   *
   * @param listener is told what is gone through: positions of the log, then keys of the state
   */
  public static StoreStatistics of(Path directory, Listener listener) {
    StoreFiles files = StoreDirectory.files(directory);
    // Again from the start if a segment goes while it is read.
    return MovingTarget.open(files, () -> gather(files, listener));
  }

  private static StoreStatistics gather(StoreFiles files, Listener listener) {
    try (Inspection store = Inspection.open(files.directory())) {
      StateStore state = store.state();
      LogReader log = store.log();
      LogPass logPass = new LogPass(log, state.progress());
      logPass.run(position -> listener.position(position, log.lastPosition()));
      return new StoreStatistics(
          store.identity().replicaId(),
          log.firstPosition(),
          log.lastPosition(),
          state.progress().applied(),
          DiskUse.of(files.directory()),
          logPass.statistics(),
          StateStatistics.of(state, listener::key),
          logPass.origins(),
          store.ring());
    }
  }

  /** Told how far it is. */
  public interface Listener {
    /** At a position of the log, of so many. */
    void position(long position, long last);

    /** At the so-manieth key of the state. */
    void key(long number);
  }

  /** All that it takes up. */
  public long totalBytes() {
    return diskBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Bytes on the disk for each byte of keys and values; 0 if there are none. */
  public double amplification() {
    return state.valueBytes() == 0 ? 0 : (double) totalBytes() / state.valueBytes();
  }
}
