package dev.tidemark.storage;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.error.Problem;
import dev.tidemark.type.Durability;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a store is opened. Immutable; start from {@link #defaults()}.
 *
 * @param durability what an update waits for, where the call does not say
 * @param syncInterval how far behind the background sync may be for {@code BUFFERED} updates
 * @param segmentBytes the size at which a log segment is sealed
 * @param overlayBytes the estimated memory that logged and not yet folded updates may take; writers
 *     wait when it is full
 * @param cacheBytes the native memory of RocksDB's block cache, half of which may be write buffers
 * @param compactionBytesPerSecond how much of the log is folded in the background, at most, and an
 *     eighth of that while writers have to wait for the store; 0 for none
 * @param maxDrift how far ahead of this clock another replica's stamp may be; null for no bound
 * @param clock physical time, in milliseconds since 1970
 * @param replicaId the id to take when the directory is created; 0 for a random one
 * @param retention when snapshots are taken and the log is cut, and what is kept
 * @param inlineLimit values of an {@code lww-register} or a field of an {@code lww-map} that are
 *     longer than this, in bytes, go to the blob store; at most {@link Limits#MAX_VALUE_BYTES}
 * @param loadLimit the longest large value, in bytes, that an ordinary read takes into memory;
 *     longer ones are for streams
 * @param stewardInterval how long it waits at least, of itself, between telling other members what
 *     it has seen; zero for never: then {@link dev.tidemark.Members} is to be asked
 * @param interest the keys that the store is to hold, no more than it does, unless it is new; null
 *     for those that it holds: of a new one, all
 * @param interestEnforced whether updates of other keys are refused, whoever made them
 * @param ringMember what the store is called in its cluster's ring, which it follows; null if it
 *     follows none. Once a ring is announced that says what it holds, and {@code interest} nothing
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
    Retention retention,
    int inlineLimit,
    int loadLimit,
    Duration stewardInterval,
    @Nullable Interest interest,
    boolean interestEnforced,
    @Nullable String ringMember) {
  private static final long MIN_OVERLAY_BYTES = 64 * 1024;
  private static final long MIN_CACHE_BYTES = 2L << 20;

  /**
   * {@code BUFFERED}, synced every 50 ms, 64 MiB each of segment, overlay and cache, compaction of
   * 32 MiB a second, drift of 60 s, values in place up to 64 KiB and read as a whole up to 16 MiB,
   * other members told once a second.
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
        Retention.defaults(),
        64 << 10,
        16 << 20,
        Duration.ofSeconds(1),
        null,
        false,
        null);
  }

  /** Refuses what cannot work. */
  public Options {
    atLeast("overlayBytes", overlayBytes, MIN_OVERLAY_BYTES);
    atLeast("cacheBytes", cacheBytes, MIN_CACHE_BYTES);
    atLeast("compactionBytesPerSecond", compactionBytesPerSecond, 0);
    atLeast("syncIntervalMillis", syncInterval.toMillis(), 1);
    atLeast("inlineLimit", inlineLimit, 0);
    atLeast("loadLimit", loadLimit, 0);
    if (inlineLimit > Limits.MAX_VALUE_BYTES) {
      throw Problem.of("option is too large")
          .with("inlineLimit", inlineLimit)
          .with("limit", Limits.MAX_VALUE_BYTES)
          .advise("longer values go to the blob store")
          .illegalArgument();
    }
    atLeast("stewardIntervalMillis", stewardInterval.toMillis(), 0);
    if (maxDrift != null) {
      atLeast("maxDriftMillis", maxDrift.toMillis(), 1);
    }
    if (ringMember != null) {
      Ring.requireName(ringMember);
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
    return with(draft -> draft.durability = newDurability);
  }

  /** With another interval of the background sync. */
  public Options withSyncInterval(Duration interval) {
    return with(draft -> draft.syncInterval = interval);
  }

  /** With other log segments. */
  public Options withSegmentBytes(long bytes) {
    return with(draft -> draft.segmentBytes = bytes);
  }

  /** With another bound on the overlay. */
  public Options withOverlayBytes(long bytes) {
    return with(draft -> draft.overlayBytes = bytes);
  }

  /** With another bound on RocksDB's cache. */
  public Options withCacheBytes(long bytes) {
    return with(draft -> draft.cacheBytes = bytes);
  }

  /** With another bound on drift. */
  public Options withMaxDrift(Duration drift) {
    return with(draft -> draft.maxDrift = drift);
  }

  /**
   * Without a bound on drift: for replays of recorded clocks. A hostile stamp then moves this
   * clock.
   */
  public Options withoutDriftBound() {
    return with(draft -> draft.maxDrift = null);
  }

  /** With another physical clock. */
  public Options withClock(LongSupplier wallMillis) {
    return with(draft -> draft.clock = wallMillis);
  }

  /** With a replica id to take when the directory is created; it must be unique for ever. */
  public Options withReplicaId(long id) {
    return with(draft -> draft.replicaId = ReplicaId.requireValid(id));
  }

  /** With other rules for snapshots and for the end of the log that is cut off. */
  public Options withRetention(Retention rules) {
    return with(draft -> draft.retention = rules);
  }

  /** With another bound on what is folded in the background; 0 for none. */
  public Options withCompactionBytesPerSecond(long bytes) {
    return with(draft -> draft.compactionBytesPerSecond = bytes);
  }

  /** With another length from which on values go to the blob store. */
  public Options withInlineLimit(int bytes) {
    return with(draft -> draft.inlineLimit = bytes);
  }

  /** With another length up to which large values are read into memory. */
  public Options withLoadLimit(int bytes) {
    return with(draft -> draft.loadLimit = bytes);
  }

  /** With another pace of telling other members what was seen; zero for only when asked. */
  public Options withStewardInterval(Duration interval) {
    return with(draft -> draft.stewardInterval = interval);
  }

  /**
   * With the keys that the store is to hold. What others write to other keys it does not get; it
   * may write to them itself, and passes that on. A store that holds less goes on holding that,
   * until a peer has given it the rest.
   */
  public Options withInterest(Interest keys) {
    return with(draft -> draft.interest = keys);
  }

  /** With an interest that is enforced: what is of other keys is refused, whoever made it. */
  public Options withInterestEnforced() {
    return with(draft -> draft.interestEnforced = true);
  }

  /**
   * With a name under which the store follows its cluster's ring: it holds what the ring gives it,
   * and takes updates of no other keys. The same name each time, and no two stores with one.
   */
  public Options withRingMember(String name) {
    return with(draft -> draft.ringMember = name);
  }

  private Options with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** Options being changed: each field is listed here, and in no method that changes one. */
  private static final class Draft {
    private Durability durability;
    private Duration syncInterval;
    private long segmentBytes;
    private long overlayBytes;
    private long cacheBytes;
    private long compactionBytesPerSecond;
    private @Nullable Duration maxDrift;
    private LongSupplier clock;
    private long replicaId;
    private Retention retention;
    private int inlineLimit;
    private int loadLimit;
    private Duration stewardInterval;
    private @Nullable Interest interest;
    private boolean interestEnforced;
    private @Nullable String ringMember;

    Draft(Options from) {
      durability = from.durability;
      syncInterval = from.syncInterval;
      segmentBytes = from.segmentBytes;
      overlayBytes = from.overlayBytes;
      cacheBytes = from.cacheBytes;
      compactionBytesPerSecond = from.compactionBytesPerSecond;
      maxDrift = from.maxDrift;
      clock = from.clock;
      replicaId = from.replicaId;
      retention = from.retention;
      inlineLimit = from.inlineLimit;
      loadLimit = from.loadLimit;
      stewardInterval = from.stewardInterval;
      interest = from.interest;
      interestEnforced = from.interestEnforced;
      ringMember = from.ringMember;
    }

    Options options() {
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
          retention,
          inlineLimit,
          loadLimit,
          stewardInterval,
          interest,
          interestEnforced,
          ringMember);
    }
  }
}
