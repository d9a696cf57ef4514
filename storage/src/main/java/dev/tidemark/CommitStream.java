package dev.tidemark;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.core.Holding;
import dev.tidemark.storage.core.LogHolds;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunRecords;
import java.util.Arrays;
import java.util.List;

/**
 * A store's synced commits, its own and those it received, in the order of its log, which is
 * causal. Where the log is folded it gives a run in the place of the commits. It is live: after it
 * has ended it can be asked again. For one thread at a time; close it.
 */
public final class CommitStream implements AutoCloseable {
  private final StoreCore core;
  private final Interest held;
  private final long narrowings;
  private final OpLog log;
  private final LogHolds.Hold hold;
  private final LogCursor cursor;
  private volatile long next;
  private boolean closed;

  /**
   * A stream.
   *
   * @param holding the keys that the store held before it was known that the log may be read from
   *     here
   */
  CommitStream(StoreCore core, Holding holding, long fromPosition) {
    this.core = core;
    this.held = holding.interest();
    this.narrowings = holding.narrowings();
    this.log = core.log();
    this.next = fromPosition;
    // Before the cursor: what it is to read is not cut off in between.
    this.hold = core.holds().add(() -> next);
    this.cursor = cursor(fromPosition);
  }

  private LogCursor cursor(long fromPosition) {
    boolean opened = false;
    try {
      LogCursor made = log.cursor(fromPosition);
      opened = true;
      return made;
    } finally {
      if (!opened) {
        hold.close();
      }
    }
  }

  /**
   * Moves to the next commit or run; false if no further one is synced yet. Only synced ones are
   * shown: what a peer has seen must not be forgotten, and its numbers used again, by this replica.
   *
   * @throws dev.tidemark.storage.log.TruncatedException if the log does not hold it any more
   */
  public boolean next() {
    if (closed) {
      throw Problem.of("commit stream is closed").advise("ask for another").illegalState();
    }
    core.requireOpen();
    if (next > log.syncedPosition() || !cursor.next()) {
      return false;
    }
    next = cursor.position() + 1;
    return true;
  }

  /**
   * Whether the store has let go of keys since: a run that it stands on may have been folded of
   * what came after that, and not have all that it would pass for.
   */
  boolean isOutdated() {
    return core.holding().narrowings() != narrowings;
  }

  /** Whether it stands on a run, which {@link #run} gives, and not on a commit. */
  public boolean isRun() {
    return cursor.isRun();
  }

  /** Whether it stands on a run that counts no operation of anybody. */
  boolean isOfNoOperations() {
    return cursor.isRun() && cursor.effect() == RunEffect.REPLACES;
  }

  /** The run it stands on; to be used before the stream moves on. */
  public Run run() {
    return new Run() {
      private final List<OriginCoverage> coverage = cursor.coverage();
      private final Interest whole = isOutdated() ? Interest.NONE : held;

      @Override
      public List<OriginCoverage> coverage() {
        return coverage;
      }

      @Override
      public Interest interest() {
        return whole;
      }

      @Override
      public RunRecords records() {
        return cursor.records();
      }
    };
  }

  /** The position of the commit, or the last one that the run stands for. */
  public long position() {
    return cursor.position();
  }

  /** What the commit says of itself. */
  public CommitHeader header() {
    return CommitCodec.decodeHeader(
        new ByteReader(cursor.array(), cursor.offset(), cursor.length()));
  }

  /** Whether it stands on what does not serve one with an interest: something of it is not here. */
  boolean lacks(Interest interest) {
    return !held.covers(interest)
        && (cursor.isRun()
            || PartialCommit.lacks(cursor.array(), cursor.offset(), cursor.length(), interest));
  }

  /** The commit as it is sent. */
  public byte[] bytes() {
    return Arrays.copyOfRange(cursor.array(), cursor.offset(), cursor.offset() + cursor.length());
  }

  @Override
  public void close() {
    closed = true;
    hold.close();
    cursor.close();
  }
}
