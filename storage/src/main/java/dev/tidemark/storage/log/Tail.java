package dev.tidemark.storage.log;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The end of an open log, which the catalogue does not name yet: the segment that is appended to,
 * the full one before it until it is sealed, and what the next one is made of.
 *
 * <p>To seal a segment, or to make one, takes tens of milliseconds while the disk is busy. So a
 * full segment is only left behind by the append that finds it full, and is sealed by {@link
 * #upkeep}, which has also made the next one when the active one was half full. There is never more
 * than one full segment: an append that fills another seals the first itself. Where nobody calls
 * for upkeep, everything is done by appends.
 *
 * <p>An append holds the log's appending lock, a force the turn of {@link LogSync}; sealing and
 * making have locks of their own, which come between the two.
 */
final class Tail {
  private final byte[] storeId;
  private final StoreFiles files;
  private final DurableFiles disk;
  private final SpaceGuard space;
  private final long segmentBytes;
  private final Segments segments;
  private final Fuse fuse;
  private final ReentrantLock sealing = new ReentrantLock();
  private final ReentrantLock making = new ReentrantLock();
  private volatile Runnable onDue = () -> {};
  private volatile Runnable onPagesDue = () -> {};
  private volatile boolean told;
  private @Nullable ActiveSegment newest;
  private volatile @Nullable ActiveSegment active;
  private volatile @Nullable ActiveSegment full;
  private volatile @Nullable SegmentParts next;

  Tail(
      StoreFiles files,
      byte[] storeId,
      LogOptions options,
      DurableFiles disk,
      Segments segments,
      Fuse fuse) {
    this.files = files;
    this.storeId = storeId;
    this.disk = disk;
    this.space = new SpaceGuard(files.directory(), options.reserveBytes(), disk);
    this.segmentBytes = options.segmentBytes();
    this.segments = segments;
    this.fuse = fuse;
  }

  /** Makes the log survive a power loss up to a position. */
  @FunctionalInterface
  interface Syncing {
    void await(long position);
  }

  /** Whom to tell, cheaply, when there is something for {@link #upkeep} to do. */
  void onUpkeepDue(Runnable listener) {
    onDue = listener;
  }

  /** Whom to tell, cheaply and often, when {@link #bringPagesIn} has something to do. */
  void onPagesDue(Runnable listener) {
    onPagesDue = listener;
  }

  /**
   * Appends a commit, to another segment if it would make this one too large.
   *
   * @throws OutOfSpaceException if there is no room for it; it was not written
   */
  void append(ActiveSegment.Pending commit, Syncing syncing) {
    ActiveSegment segment = active;
    if (segment != null && segment.isFull(commit.length(), segmentBytes)) {
      leave(syncing);
      segment = null;
    }
    if (segment == null) {
      fuse.guard("create segment", () -> create(commit));
    } else {
      append(segment, commit);
    }
    if (!told && isUpkeepDue()) {
      told = true;
      onDue.run();
    }
  }

  private boolean isUpkeepDue() {
    ActiveSegment segment = active;
    return full != null
        || (segment != null
            && (segment.isRoomLow() || (next == null && segment.isHalfFull(segmentBytes))));
  }

  /** How much of the active segment is full while the one before it waits to be sealed, of 1. */
  double crowding() {
    ActiveSegment segment = active;
    return full == null || segment == null ? 0 : (double) segment.extent().end() / segmentBytes;
  }

  private void append(ActiveSegment segment, ActiveSegment.Pending commit) {
    segment.requireNext(commit);
    fuse.guard("append", () -> segment.append(commit));
    if (segment.arePagesDue()) {
      onPagesDue.run();
    }
  }

  /**
   * Leaves the active segment, if there is one, full or not: the next append begins another. The
   * caller holds the appending lock.
   */
  void leave(Syncing syncing) {
    ActiveSegment segment = active;
    if (segment != null) {
      // One may wait to be sealed, and is sealed now if nobody came to it.
      sealFull(syncing);
      segment.end();
      full = segment;
      active = null;
    }
  }

  private ActiveSegment create(ActiveSegment.Pending first) throws IOException {
    long firstBytes = ActiveSegment.entryBytes(first.length());
    making.lock();
    try {
      CrashPoint.SEGMENT_CREATE.before();
      SegmentParts parts = next;
      if (parts == null) {
        parts = parts(firstBytes);
      } else {
        parts.room().reach(firstBytes);
        next = null;
      }
      ActiveSegment segment =
          ActiveSegment.create(parts, Frame.tagOf(storeId), files.log(), disk, first);
      segments.grows(segment.extent());
      newest = segment;
      active = segment;
      CrashPoint.SEGMENT_CREATE.after();
      return segment;
    } finally {
      making.unlock();
    }
  }

  private SegmentParts parts(long firstBytes) throws IOException {
    long number = segments.takeNumber();
    return SegmentParts.create(
        number, files.segment(number), disk, space, segmentBytes, firstBytes);
  }

  /** Where the commit appended last is, be its segment left or sealed by now; null before any. */
  @Nullable LogPlace lastPlace() {
    ActiveSegment segment = newest;
    return segment == null ? null : segment.lastPlace();
  }

  /**
   * Forces what is not forced yet, in order: what is behind a segment that was not forced is worth
   * nothing.
   *
   * @param synced the position up to which everything is forced already
   */
  void force(long synced) throws IOException {
    // The active one first: if it is left meanwhile, the full one is the same, or it before.
    ActiveSegment last = active;
    ActiveSegment before = full;
    if (before != null && before.lastPosition() > synced) {
      before.force();
    }
    if (last != null && last != before) {
      last.force();
    }
  }

  /**
   * Does what is due: takes room ahead of the entries, makes the next segment, seals the full one.
   *
   * @throws OutOfSpaceException if there is no room for some of it; it stays due
   */
  void upkeep(Syncing syncing) {
    told = false;
    takeRoomAhead();
    makeNext();
    sealFull(syncing);
  }

  private void takeRoomAhead() {
    ActiveSegment segment = active;
    if (segment != null) {
      fuse.guard("take room", segment::takeRoomAhead);
    }
  }

  /** Brings pages into memory that appends come to next; gives how many bytes they are. */
  long bringPagesIn() {
    ActiveSegment segment = active;
    return segment == null ? 0 : fuse.guard("bring pages in", segment::bringPagesIn);
  }

  private void makeNext() {
    making.lock();
    try {
      if (next == null && isNextDue() && !fuse.isClosed()) {
        next = fuse.guard("make segment", this::makeAhead);
      }
    } finally {
      making.unlock();
    }
  }

  /** Where one has just been filled, the next may be as soon as it is sealed: that comes after. */
  private boolean isNextDue() {
    ActiveSegment segment = active;
    return segment != null && (full != null || segment.isHalfFull(segmentBytes));
  }

  private SegmentParts makeAhead() throws IOException {
    CrashPoint.SEGMENT_AHEAD.before();
    SegmentParts parts = parts(0);
    boolean named = false;
    try {
      parts.room().reachEnd();
      parts.chronicle().begin();
      // The names now, so that the first force of an entry has only the entry to force.
      disk.forceDirectory(parts.directory());
      disk.forceDirectory(files.log());
      named = true;
    } finally {
      if (!named) {
        parts.close();
      }
    }
    CrashPoint.SEGMENT_AHEAD.after();
    return parts.named();
  }

  /** Seals all there is; the caller holds the appending lock. */
  void sealAll(Syncing syncing) {
    leave(syncing);
    sealFull(syncing);
  }

  /** Seals the segment that was left, if it is not sealed yet. */
  void sealFull(Syncing syncing) {
    sealing.lock();
    try {
      ActiveSegment segment = full;
      if (segment != null) {
        // Who held the lock before may have failed to: a second force would save nothing.
        fuse.requireWhole();
        // From then on no other force touches it.
        syncing.await(segment.lastPosition());
        fuse.guard("seal", () -> seal(segment));
      }
    } finally {
      sealing.unlock();
    }
  }

  /** If there is no room for the catalogue, the segment is sealed and waits to be entered. */
  private SegmentInfo seal(ActiveSegment segment) throws IOException {
    SegmentInfo info = segment.seal();
    segments.enter(info);
    full = null;
    return info;
  }

  /** What its segments hold, in order; the caller holds the appending lock. */
  List<SegmentInfo> infos() {
    return open().stream().map(segment -> segment.info(false)).toList();
  }

  private List<ActiveSegment> open() {
    List<ActiveSegment> open = new ArrayList<>();
    ActiveSegment before = full;
    if (before != null) {
      open.add(before);
    }
    ActiveSegment last = active;
    if (last != null) {
      open.add(last);
    }
    return open;
  }

  /**
   * Unmaps what is not sealed and leaves its files as they are; removes what was made ahead. After
   * the fuse is closed.
   */
  void release() throws IOException {
    sealing.lock();
    making.lock();
    try {
      for (ActiveSegment segment : open()) {
        segment.release();
      }
      SegmentParts unused = next;
      next = null;
      if (unused != null) {
        unused.close();
        unused.remove(disk);
      }
    } finally {
      making.unlock();
      sealing.unlock();
    }
  }
}
