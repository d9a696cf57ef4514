package dev.tidemark.storage;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.Problem;
import dev.tidemark.type.Durability;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a store is opened. Immutable; start from {@link #defaults()}.
 *
 * @param durability what an update waits for, where the call does not say
 * @param syncInterval how far behind the background sync may be for {@code BUFFERED} updates
 * @param segmentBytes the size at which a log segment is sealed
 * @param overlayBytes the estimated heap that logged and not yet folded updates may take; writers
 *     wait when it is full
 * @param cacheBytes the native memory of RocksDB's block cache, half of which may be write buffers
 * @param compactionBytesPerSecond how much of the log is folded in the background, at most; 0 for
 *     none
 * @param maxDrift how far ahead of this clock another replica's stamp may be; null for no bound
 * @param clock physical time, in milliseconds since 1970
 * @param replicaId the id to take when the directory is created; 0 for a random one
 * @param retention when snapshots are taken and the log is cut, and what is kept
 */
public record Options(
    Durability durability,
    Duration syncInterval,
    long segmentBytes,
    long overlayBytes,
    long cacheBytes,
    long compactionBytesPerSecond,
    @Nullable Duration maxDrift,
    LongSupplier clock,
    long replicaId,
    Retention retention) {
  private static final long MIN_OVERLAY_BYTES = 64 * 1024;
  private static final long MIN_CACHE_BYTES = 2L << 20;

  /**
   * {@code BUFFERED}, synced every 50 ms, 64 MiB each of segment, overlay and cache, compaction of
   * 32 MiB a second, drift of 60 s.
   */
  public static Options defaults() {
    return new Options(
        Durability.BUFFERED,
        Duration.ofMillis(50),
        64L << 20,
        64L << 20,
        64L << 20,
        32L << 20,
        Duration.ofSeconds(60),
        System::currentTimeMillis,
        0,
        Retention.defaults());
  }

  /** Refuses what cannot work. */
  public Options {
    atLeast("overlayBytes", overlayBytes, MIN_OVERLAY_BYTES);
    atLeast("cacheBytes", cacheBytes, MIN_CACHE_BYTES);
    atLeast("compactionBytesPerSecond", compactionBytesPerSecond, 0);
    atLeast("syncIntervalMillis", syncInterval.toMillis(), 1);
    if (maxDrift != null) {
      atLeast("maxDriftMillis", maxDrift.toMillis(), 1);
    }
  }

  private static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw Problem.of("option is too small")
          .with(name, value)
          .with("least", least)
          .advise("raise it, or leave it at its default")
          .illegalArgument();
    }
  }

  /** With another default durability. */
  public Options withDurability(Durability newDurability) {
    return new Options(
        newDurability,
        syncInterval,
        segmentBytes,
        overlayBytes,
        cacheBytes,
        compactionBytesPerSecond,
        maxDrift,
        clock,
        replicaId,
        retention);
  }

  /** With another interval of the background sync. */
  public Options withSyncInterval(Duration interval) {
    return new Options(
        durability,
        interval,
        segmentBytes,
        overlayBytes,
        cacheBytes,
        compactionBytesPerSecond,
        maxDrift,
        clock,
        replicaId,
        retention);
  }

  /** With other log segments. */
  public Options withSegmentBytes(long bytes) {
    return new Options(
        durability,
        syncInterval,
        bytes,
        overlayBytes,
        cacheBytes,
        compactionBytesPerSecond,
        maxDrift,
        clock,
        replicaId,
        retention);
  }

  /** With another bound on the overlay. */
  public Options withOverlayBytes(long bytes) {
    return new Options(
        durability,
        syncInterval,
        segmentBytes,
        bytes,
        cacheBytes,
        compactionBytesPerSecond,
        maxDrift,
        clock,
        replicaId,
        retention);
  }

  /** With another bound on RocksDB's cache. */
  public Options withCacheBytes(long bytes) {
    return new Options(
        durability,
        syncInterval,
        segmentBytes,
        overlayBytes,
        bytes,
        compactionBytesPerSecond,
        maxDrift,
        clock,
        replicaId,
        retention);
  }

  /** With another bound on what is folded in the background; 0 for none. */
  public Options withCompactionBytesPerSecond(long bytes) {
    return new Options(
        durability,
        syncInterval,
        segmentBytes,
        overlayBytes,
        cacheBytes,
        bytes,
        maxDrift,
        clock,
        replicaId,
        retention);
  }

  /** With another bound on drift. */
  public Options withMaxDrift(Duration drift) {
    return new Options(
        durability,
        syncInterval,
        segmentBytes,
        overlayBytes,
        cacheBytes,
        compactionBytesPerSecond,
        drift,
        clock,
        replicaId,
        retention);
  }

  /**
   * Without a bound on drift: for replays of recorded clocks. A hostile stamp then moves this
   * clock.
   */
  public Options withoutDriftBound() {
    return new Options(
        durability,
        syncInterval,
        segmentBytes,
        overlayBytes,
        cacheBytes,
        compactionBytesPerSecond,
        null,
        clock,
        replicaId,
        retention);
  }

  /** With another physical clock. */
  public Options withClock(LongSupplier wallMillis) {
    return new Options(
        durability,
        syncInterval,
        segmentBytes,
        overlayBytes,
        cacheBytes,
        compactionBytesPerSecond,
        maxDrift,
        wallMillis,
        replicaId,
        retention);
  }

  /** With a replica id to take when the directory is created; it must be unique for ever. */
  public Options withReplicaId(long id) {
    return new Options(
        durability,
        syncInterval,
        segmentBytes,
        overlayBytes,
        cacheBytes,
        compactionBytesPerSecond,
        maxDrift,
        clock,
        ReplicaId.requireValid(id),
        retention);
  }

  /** With other rules for snapshots and for the end of the log that is cut off. */
  public Options withRetention(Retention rules) {
    return new Options(
        durability,
        syncInterval,
        segmentBytes,
        overlayBytes,
        cacheBytes,
        compactionBytesPerSecond,
        maxDrift,
        clock,
        replicaId,
        rules);
  }
}
