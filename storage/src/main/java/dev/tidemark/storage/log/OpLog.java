package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.JvmFlags;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The log of a store: every commit, local and remote, at a position of its own, in order of
 * arrival.
 *
 * <p>It is a row of segments, each one file. A commit is appended to the last, the active one,
 * through Chronicle Queue: when {@link #append} returns, the commit is in the page cache and a kill
 * of the process cannot lose it. {@link #awaitSynced} makes it survive a power loss; all who wait
 * share one force. At its size limit, and when the log is closed, the active segment is sealed:
 * unmapped, cut to its length, forced, and entered in the catalogue. Nothing is ever appended to a
 * segment found on the disk, because behind damage it could not be read again; the first append
 * after an open creates a new one.
 *
 * <p>After a failed force the kernel takes unsaved pages for saved and a second force succeeds
 * without saving them. So the first failure is final: every append and sync from then on is refused
 * until the store is opened again, which writes the segment that was not sealed anew. Reading goes
 * on.
 *
 * <p>Appends are taken one at a time; a caller to whom their order matters serialises them itself.
 * All other methods may be called from any thread. The caller holds the store's lock.
 */
public final class OpLog implements AutoCloseable {
  private final LogRecovery recovery;
  private final LogSync sync;
  private final LogSource source;
  private final Fuse fuse;

  /** Held to append and to close, so that nothing is written to what is unmapped. */
  private final ReentrantLock appending = new ReentrantLock();

  private final Segments segments;
  private final Tail tail;
  private volatile long appended;

  private OpLog(
      StoreFiles files, byte[] storeId, LogOptions options, DurableFiles disk, LogReader looked)
      throws IOException {
    byte[] id = storeId.clone();
    this.fuse = new Fuse(files.directory());
    LogOpening.Opened opened =
        new LogOpening(files, id, disk).open(looked.facts(), looked.verdict());
    this.recovery = opened.recovery();
    this.segments =
        new Segments(files, id, disk, fuse, options, opened.catalogue(), opened.extents());
    this.tail = new Tail(files, id, options, disk, segments, fuse);
    this.source = new LiveSource(fuse, segments, () -> appended);
    this.appended = opened.catalogue().lastPosition();
    this.sync = new LogSync(opened.mark(), fuse, options.markIntervalMillis(), this::force);
    FirstSegment.load(files);
  }

  /**
   * Opens the log of a store, creates it if there is none, and repairs what a crash left open.
   *
   * @param storeId the store's 16 bytes, which every file carries
   * @throws DamagedException if bytes that were promised to be durable are damaged; nothing is
   *     changed
   * @throws StoreUnusableException if the files cannot be read or written, or are not this store's
   */
  public static OpLog open(StoreFiles files, byte[] storeId, LogOptions options) {
    return open(files, storeId, options, DurableFiles.standard());
  }

  /** The same on a disk of its own, which may be one that fails. */
  public static OpLog open(
      StoreFiles files, byte[] storeId, LogOptions options, DurableFiles disk) {
    try (LogReader looked = LogReader.open(files, storeId)) {
      return open(files, storeId, options, disk, looked);
    }
  }

  /** The same after a look at it, since which nobody has changed it. */
  public static OpLog open(
      StoreFiles files, byte[] storeId, LogOptions options, DurableFiles disk, LogReader looked) {
    JvmFlags.require();
    try {
      return new OpLog(files, storeId, options, disk, looked);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("log cannot be opened").with("directory", files.log()).with("cause", e), e);
    }
  }

  /**
   * Begins an empty log where there is none: for a state that has no log any more. A crash in the
   * middle leaves what can be begun again.
   *
   * @param firstPosition the position its first commit will have
   * @param cut the operations that the state holds
   */
  public static void begin(
      StoreFiles files, byte[] storeId, long firstPosition, VersionVector cut, DurableFiles disk) {
    try {
      DurableMark.Reading marked =
          DurableMark.read(files.durableMark(), storeId).orElse(LogOpening.NO_MARK);
      new LogOpening(files, storeId, disk).begin(firstPosition, cut, marked);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("log cannot be created").with("directory", files.log()).with("cause", e), e);
    }
  }

  /** What opening it found and did. */
  public LogRecovery recovery() {
    return recovery;
  }

  /** The lowest position it holds, or will hold. */
  public long firstPosition() {
    return segments.catalogue().firstPosition();
  }

  /**
   * The first position from which a reader lacks something, or before it.
   *
   * @param seen what it has seen
   * @param reached up to which position it has read all, as far as it knows
   */
  public long firstLacking(VersionVector seen, long reached) {
    return segments.catalogue().firstLacking(seen, Math.min(reached, appended));
  }

  /**
   * The operations without which nobody may read the log: they lie before its first position now,
   * or a state that it begins with has forgotten what they were.
   */
  public VersionVector cut() {
    return segments.catalogue().cut();
  }

  /** The same for one who is to have all keys of it that the store holds. */
  public VersionVector cutForAll() {
    Catalogue now = segments.catalogue();
    return now.cut().join(now.bare());
  }

  /**
   * The position of the last commit, which can be read; {@code firstPosition() - 1} if there is
   * none.
   */
  public long appendedPosition() {
    return appended;
  }

  /** The position up to which the log survives a power loss. */
  public long syncedPosition() {
    return sync.synced();
  }

  /**
   * Appends an encoded commit.
   *
   * @return its position, one above the last
   * @throws MalformedException if its header is not one of a commit; nothing was written
   * @throws OutOfSpaceException if the disk is almost full; nothing was written
   * @throws StorePoisonedException if this write or an earlier one failed
   */
  public long append(byte[] body, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, body.length);
    requireSize(length);
    return append(CoverageBuilder.header(body, offset, length), body, offset, length);
  }

  /** The same of a commit whose header is known. */
  public long append(CommitHeader header, byte[] body, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, body.length);
    requireSize(length);
    appending.lock();
    try {
      fuse.requireWhole();
      ActiveSegment.Pending commit =
          new ActiveSegment.Pending(appended + 1, header, body, offset, length);
      tail.append(commit, sync::await);
      appended = commit.position();
      return commit.position();
    } catch (InternalError fault) {
      // Of a write through the mapping just now or some time ago: what is in the file is unknown.
      fuse.blow(fault);
      throw fault;
    } finally {
      appending.unlock();
    }
  }

  private static void requireSize(int length) {
    if (length > Limits.MAX_COMMIT_BYTES) {
      throw Problem.of("commit is too large")
          .with("bytes", length)
          .with("limit", Limits.MAX_COMMIT_BYTES)
          .illegalArgument();
    }
  }

  /** Where the commit appended last is; for who serialises appends, behind one. */
  public LogPlace lastPlace() {
    LogPlace place = tail.lastPlace();
    if (place == null) {
      throw Problem.of("nothing was appended").illegalState();
    }
    return place;
  }

  /**
   * Seals the active segment, if there is one; the next append creates another. Appends go on
   * meanwhile.
   */
  public void roll() {
    fuse.requireWhole();
    // Before anybody is held up: what is left to do with the lock does not wait for the disk.
    sync.await(appended);
    tail.sealFull(sync::await);
    appending.lock();
    try {
      fuse.requireWhole();
      tail.leave(sync::await);
    } finally {
      appending.unlock();
    }
    tail.sealFull(sync::await);
    sync.forceMark();
  }

  /**
   * How near an append is to waiting for a segment to be sealed: how much of the next is full, of
   * 1.
   */
  public double crowding() {
    return tail.crowding();
  }

  /** Whom to tell, cheaply, when there is something for {@link #upkeep} to do. */
  public void onUpkeepDue(Runnable listener) {
    tail.onUpkeepDue(listener);
  }

  /**
   * Does beside the appends what takes long: seals the segment that is full, makes the next one,
   * takes room ahead. What nobody does here, an append does when it cannot go on without.
   *
   * @throws OutOfSpaceException if the disk is almost full; what is left stays due
   */
  public void upkeep() {
    fuse.requireWhole();
    tail.upkeep(sync::await);
  }

  /** Whom to tell, cheaply and often, when {@link #bringPagesIn} has something to do. */
  public void onPagesDue(Runnable listener) {
    tail.onPagesDue(listener);
  }

  /** Brings pages into memory, beside the appends that come to them next. */
  public void bringPagesIn() {
    tail.bringPagesIn();
  }

  /**
   * Makes all that is appended survive a power loss, and the durable mark too when it is due. Worth
   * calling from time to time even if nothing was appended, for the mark's sake.
   */
  public void sync() {
    fuse.requireWhole();
    awaitSynced(appended);
    sync.forceMarkWhenDue();
  }

  /** Returns when the log survives a power loss up to a position; shares the force of others. */
  public void awaitSynced(long position) {
    if (position > appended) {
      throw Problem.of("position is not appended yet")
          .with("position", position)
          .with("appended", appended)
          .illegalArgument();
    }
    sync.await(position);
  }

  private long force(long synced) throws IOException {
    // Read first: a commit appended meanwhile may be in a segment created meanwhile.
    long reached = appended;
    tail.force(synced);
    return reached;
  }

  /**
   * Refuses every write from now on: a fault of a mapped page may show in whatever its thread does
   * next.
   */
  public void poison(Throwable fault) {
    fuse.blow(fault);
  }

  /** Begins a folded segment, aside from the log. */
  public FoldedWriter folded(List<OriginCoverage> coverage) {
    return segments.folded(coverage);
  }

  /**
   * Puts a folded segment in the place of those that it was folded from. A crash leaves the log
   * with them or with it. Cursors that are inside of one of them finish it.
   *
   * @param originals sealed segments that follow each other, as they are in the log
   * @return false if they are not in the log any more, and nothing was changed
   * @throws OutOfSpaceException if the disk is almost full; the log is as before
   */
  public boolean swap(List<SegmentInfo> originals, FoldedSegment folded) {
    return segments.swap(originals, folded);
  }

  /**
   * Enters a folded segment at the end, where it takes one position. It is synced at once.
   *
   * @param cut operations without which nobody may read on from here
   * @param bare operations without which nobody may who is to have all keys of it that are held
   * @return its position
   * @throws OutOfSpaceException if the disk is almost full; the log is as before
   */
  public long attach(FoldedSegment folded, VersionVector cut, VersionVector bare) {
    appending.lock();
    try {
      fuse.requireWhole();
      tail.sealAll(sync::await);
      sync.exclusively(
          "attach segment",
          () -> {
            appended = segments.attach(folded, cut, bare).lastPosition();
            return sync.forcedTo(appended);
          });
      return appended;
    } finally {
      appending.unlock();
    }
  }

  /** Removes a folded segment that is not wanted any more; one that is in the log stays. */
  public void discard(FoldedSegment folded) {
    segments.discard(folded);
  }

  /**
   * Drops the segments that lie whole below a position: the first that is kept holds it or begins
   * behind it. The segment that is appended to is never dropped.
   *
   * @return the position that the log begins with now
   * @throws OutOfSpaceException if the disk is almost full; the log is as before
   */
  public long truncateBelow(long position) {
    segments.truncateBelow(position);
    return firstPosition();
  }

  /**
   * A reader from a position on.
   *
   * @param fromPosition the first position to read; one above the last is fine
   * @throws TruncatedException if the log begins above it
   */
  public LogCursor cursor(long fromPosition) {
    return cursor(fromPosition, Long.MAX_VALUE);
  }

  /** A reader from a position on that ends with another. */
  public LogCursor cursor(long fromPosition, long lastPosition) {
    fuse.requireOpen();
    return new LogCursor(source, fromPosition, lastPosition);
  }

  /** What each segment holds, in order; the last may still be growing. */
  public List<SegmentInfo> segments() {
    appending.lock();
    try {
      // The tail first: what is sealed meanwhile is in the catalogue then.
      List<SegmentInfo> growing = tail.infos();
      Catalogue sealed = segments.catalogue();
      List<SegmentInfo> all = new ArrayList<>(sealed.segments());
      growing.stream()
          .filter(segment -> segment.firstPosition() > sealed.lastPosition())
          .forEach(all::add);
      return List.copyOf(all);
    } finally {
      appending.unlock();
    }
  }

  /** Seals the active segment and closes; a poisoned log is left as it is. */
  @Override
  public void close() {
    appending.lock();
    try {
      if (!fuse.isClosed()) {
        closeFiles();
      }
    } finally {
      appending.unlock();
    }
  }

  private void closeFiles() {
    try {
      if (!fuse.isBlown()) {
        sync.await(appended);
        tail.sealAll(sync::await);
        sync.forceMark();
      }
    } catch (OutOfSpaceException unentered) {
      // It is whole and forced: the next open enters it in the catalogue.
    } finally {
      // With the turn, after which no force begins.
      sync.closing(fuse::close);
      release();
    }
  }

  private void release() {
    try (sync) {
      tail.release();
    } catch (IOException | InternalError e) {
      // Nothing is lost with it: what had to be forced was forced before, or its failure told.
    }
  }
}
