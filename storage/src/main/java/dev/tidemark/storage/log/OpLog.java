package dev.tidemark.storage.log;

import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

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
 * until the store is opened again, which writes all that is above the durable mark anew. Reading
 * goes on.
 *
 * <p>Appends are taken one at a time; a caller to whom their order matters serialises them itself.
 * All other methods may be called from any thread. The caller holds the store's lock.
 */
public final class OpLog implements AutoCloseable {
  private final StoreFiles files;
  private final byte[] storeId;
  private final LogOptions options;
  private final DurableFiles disk;
  private final DurableMark mark;
  private final LogRecovery recovery;
  private final GroupCommit group;
  private final LogSource source = new Source();

  /** Held to append and to close, so that nothing is written to what is unmapped. */
  private final ReentrantLock appending = new ReentrantLock();

  private volatile Catalogue catalogue;
  private volatile List<SegmentExtent> extents;
  private volatile @Nullable ActiveSegment active;
  private volatile long appended;
  private volatile @Nullable Throwable poison;
  private volatile boolean closed;
  private long nextNumber;
  private long markForcedNanos = System.nanoTime();

  private OpLog(StoreFiles files, byte[] storeId, LogOptions options, DurableFiles disk)
      throws IOException {
    this.files = files;
    this.storeId = storeId.clone();
    this.options = options;
    this.disk = disk;
    LogOpening.Opened opened = new LogOpening(files, this.storeId, disk).open();
    this.mark = opened.mark();
    this.recovery = opened.recovery();
    this.catalogue = opened.catalogue();
    this.extents = LogReader.extents(files, catalogue);
    this.nextNumber = catalogue.lastNumber() + 1;
    this.appended = catalogue.lastPosition();
    this.group = new GroupCommit(appended, this::forceRound, this::refuseUnlessWritable);
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
    return open(files, storeId, options, new DurableFiles());
  }

  static OpLog open(StoreFiles files, byte[] storeId, LogOptions options, DurableFiles disk) {
    try {
      return new OpLog(files, storeId, options, disk);
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("log cannot be opened").with("directory", files.log()).with("cause", e), e);
    }
  }

  /** What opening it found and did. */
  public LogRecovery recovery() {
    return recovery;
  }

  /** The lowest position it holds, or will hold. */
  public long firstPosition() {
    return catalogue.firstPosition();
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
    return group.synced();
  }

  /**
   * Appends an encoded commit.
   *
   * @return its position, one above the last
   * @throws MalformedException if its header is not one of a commit; nothing was written
   * @throws StorePoisonedException if this write or an earlier one failed
   */
  public long append(byte[] body, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, body.length);
    if (length > Limits.MAX_COMMIT_BYTES) {
      throw Problem.of("commit is too large")
          .with("bytes", length)
          .with("limit", Limits.MAX_COMMIT_BYTES)
          .illegalArgument();
    }
    CommitHeader header = CoverageBuilder.header(body, offset, length);
    appending.lock();
    try {
      refuseUnlessWritable();
      ActiveSegment.Pending commit =
          new ActiveSegment.Pending(appended + 1, header, body, offset, length);
      ActiveSegment segment = active;
      if (segment != null && segment.isFull(length, options.segmentBytes())) {
        group.exclusively(this::sealActive);
        segment = null;
      }
      if (segment == null) {
        create(commit);
      } else {
        segment.requireNext(commit);
        write(segment, commit);
      }
      appended = commit.position();
      return commit.position();
    } finally {
      appending.unlock();
    }
  }

  private void write(ActiveSegment segment, ActiveSegment.Pending commit) {
    try {
      segment.append(commit);
    } catch (Throwable failure) {
      // Also an InternalError, which is how a full disk or a bad one shows under a mapped file:
      // what of
      // the entry is written is unknown, and nothing can be appended behind it.
      throw poisoned("append", failure);
    }
  }

  private void create(ActiveSegment.Pending first) {
    try {
      ActiveSegment segment = ActiveSegment.create(nextNumber, files, disk, first);
      nextNumber++;
      List<SegmentExtent> all = new ArrayList<>(extents);
      all.add(segment.extent());
      extents = List.copyOf(all);
      active = segment;
    } catch (Throwable failure) {
      throw poisoned("create segment", failure);
    }
  }

  /** Seals the segment being written, if there is one: the next commit begins another. */
  public void roll() {
    appending.lock();
    try {
      refuseUnlessWritable();
      if (active != null) {
        group.exclusively(this::sealActive);
      }
    } finally {
      appending.unlock();
    }
  }

  /** Makes all that is appended survive a power loss. */
  public void sync() {
    awaitSynced(appended);
    if (!mark.isForced() && markIsDue()) {
      group.exclusively(this::forceMark);
    }
  }

  /** Returns when the log survives a power loss up to a position; shares the force of others. */
  public void awaitSynced(long position) {
    if (position > appended) {
      throw Problem.of("position is not appended yet")
          .with("position", position)
          .with("appended", appended)
          .illegalArgument();
    }
    group.await(position);
  }

  /** Forces what is appended by now; whoever runs it has the turn. */
  private long forceRound() {
    // Read first: a commit appended meanwhile may be in a segment created meanwhile.
    long reached = appended;
    ActiveSegment segment = active;
    try {
      if (segment != null) {
        segment.force();
      }
      mark.advance(reached);
      if (markIsDue()) {
        forceMark();
      }
      return reached;
    } catch (Throwable failure) {
      throw poisoned("force", failure);
    }
  }

  private boolean markIsDue() {
    long age = System.nanoTime() - markForcedNanos;
    return age >= TimeUnit.MILLISECONDS.toNanos(options.markIntervalMillis());
  }

  private long forceMark() {
    try {
      mark.force();
      markForcedNanos = System.nanoTime();
      return group.synced();
    } catch (Throwable failure) {
      throw poisoned("force mark", failure);
    }
  }

  /** Seals the active segment; whoever runs it holds the appending lock and has the turn. */
  private long sealActive() {
    ActiveSegment segment = Objects.requireNonNull(active);
    try {
      Catalogue next = catalogue.with(segment.seal());
      disk.replace(files.catalogue(), CatalogueFile.encode(next, storeId));
      catalogue = next;
      active = null;
      mark.advance(next.lastPosition());
      forceMark();
      return next.lastPosition();
    } catch (StorePoisonedException failure) {
      throw failure;
    } catch (Throwable failure) {
      throw poisoned("seal", failure);
    }
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
    source.requireOpen();
    return new LogCursor(source, fromPosition, lastPosition);
  }

  /** What each segment holds, in order; the last may still be growing. */
  public List<SegmentInfo> segments() {
    appending.lock();
    try {
      List<SegmentInfo> all = new ArrayList<>(catalogue.segments());
      ActiveSegment segment = active;
      if (segment != null) {
        all.add(segment.info(false));
      }
      return List.copyOf(all);
    } finally {
      appending.unlock();
    }
  }

  private void refuseUnlessWritable() {
    source.requireOpen();
    Throwable cause = poison;
    if (cause != null) {
      throw new StorePoisonedException(
          Problem.of("store is poisoned by a failed write")
              .with("directory", files.directory())
              .with("cause", cause)
              .advise("check the disk, then close and reopen the store"),
          cause);
    }
  }

  private StorePoisonedException poisoned(String doing, Throwable failure) {
    poison = failure;
    return new StorePoisonedException(
        Problem.of("log cannot be written")
            .with("doing", doing)
            .with("directory", files.log())
            .with("cause", failure)
            .advise("check the disk, then close and reopen the store"),
        failure);
  }

  /** Seals the active segment and closes; a poisoned log is left as it is. */
  @Override
  public void close() {
    appending.lock();
    try {
      if (!closed) {
        group.exclusively(this::closeFiles);
      }
    } finally {
      appending.unlock();
    }
  }

  private long closeFiles() {
    try {
      if (active != null && poison == null) {
        sealActive();
      }
    } finally {
      closed = true;
      release();
    }
    return catalogue.lastPosition();
  }

  private void release() {
    ActiveSegment segment = active;
    try {
      if (segment != null) {
        segment.release();
      }
      mark.close();
    } catch (IOException e) {
      poison = e;
    }
  }

  private final class Source implements LogSource {
    @Override
    public void requireOpen() {
      if (closed) {
        throw Problem.of("log is closed").with("directory", files.log()).illegalState();
      }
    }

    @Override
    public long firstPosition() {
      return catalogue.firstPosition();
    }

    @Override
    public long appendedPosition() {
      return appended;
    }

    @Override
    public List<SegmentExtent> extents() {
      return extents;
    }
  }
}
