package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.handover.KeysOffer;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.log.OriginCoverage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a store takes of others: commits, runs, and keys that it comes to hold. The large values of
 * it are fetched before, while updates go on; then it is logged as an update of the store's own.
 */
public final class Inflow {
  private final StoreCore core;
  private final ReentrantLock writeLock;
  private final FailStop failStop;
  private final Backpressure backpressure;
  private final LargeData largeData;
  private final Widening.Parts parts;
  private final Committer committer;
  private final RunIntake runs;

  Inflow(
      StoreCore core,
      ReentrantLock writeLock,
      FailStop failStop,
      Backpressure backpressure,
      LargeData largeData,
      Widening.Parts parts) {
    this.core = core;
    this.writeLock = writeLock;
    this.failStop = failStop;
    this.backpressure = backpressure;
    this.largeData = largeData;
    this.parts = parts;
    this.committer = parts.committer();
    this.runs = parts.runs();
  }

  /** Whether a commit of another store is not here yet. */
  public boolean isNew(CommitHeader header) {
    core.requireOpen();
    return core.locked(() -> committer.isNew(header));
  }

  /**
   * Takes a commit that another store logged, if it is new here.
   *
   * @param sender the replica that sends it
   * @param chunks where to fetch the large values that it refers to; null for nowhere
   * @return its position here, or 0 if it was here already
   */
  public long accept(byte[] bytes, long sender, @Nullable BlobSource chunks) {
    return taking(() -> acceptCommit(bytes, sender, chunks));
  }

  private long acceptCommit(byte[] bytes, long sender, @Nullable BlobSource chunks) {
    core.requireWritable();
    if (!isNew(CommitCodec.decodeHeader(new ByteReader(bytes)))) {
      return 0;
    }
    Commit whole = CommitCodec.decode(bytes, 0, bytes.length);
    byte[] taken = core.gate().let(bytes);
    Commit commit = taken == bytes ? whole : CommitCodec.decode(taken, 0, taken.length);
    backpressure.await();
    long position;
    try (Arrival arrival = largeData.arrival(chunks)) {
      arrival.take(commit);
      writeLock.lock();
      try {
        core.requireWritable();
        position = committer.accept(commit, taken, sender);
      } finally {
        writeLock.unlock();
      }
    }
    core.signal();
    return position;
  }

  /**
   * Takes a run of another store, if anything in it is new here.
   *
   * @param sender the replica that sends it
   * @param chunks where to fetch the large values that it refers to; null for nowhere
   * @return its position here, or 0 if all of it was here already
   */
  public long accept(Run run, long sender, @Nullable BlobSource chunks) {
    return taking(() -> runs.take(run, sender, largeData.arrival(chunks)));
  }

  /**
   * The same, of a run that comes in pieces.
   *
   * @return null if nothing in it is new here
   */
  public @Nullable RunReception receive(
      List<OriginCoverage> coverage,
      Floor floor,
      Interest interest,
      long sender,
      @Nullable BlobSource chunks) {
    return taking(
            () ->
                Optional.ofNullable(
                    runs.begin(coverage, floor, interest, sender, largeData.arrival(chunks))))
        .orElse(null);
  }

  /** Begins to take keys that it is to hold; null if the other has not seen the same. */
  public @Nullable Widening widen(KeysOffer offer, long sender, @Nullable BlobSource chunks) {
    core.requireOpen();
    core.refuseInCommit("widen", "widen it before or after");
    return failStop
        .run(
            () ->
                Optional.ofNullable(
                    Widening.begin(core, parts, offer, sender, largeData.arrival(chunks))))
        .orElse(null);
  }

  /** Takes a piece of what comes, outside of any commit of this store. */
  <T> T taking(Supplier<T> work) {
    core.requireOpen();
    core.refuseInCommit("accept", "accept it before or after");
    return failStop.run(work);
  }
}
