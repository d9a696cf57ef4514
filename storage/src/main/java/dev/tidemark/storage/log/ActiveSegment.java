package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A segment that is appended to, or was until a moment ago. It is born with its first commit, so
 * there is no such thing as an empty one, and it dies sealed or released.
 */
final class ActiveSegment {
  private static final int LARGEST_KEPT_BUFFER = 1 << 20;

  private final long number;
  private final int storeTag;
  private final Path directory;
  private final Path logDirectory;
  private final DurableFiles disk;
  private final SegmentRoom room;
  private final ChronicleSegment chronicle;
  private final FileChannel channel;
  private final PagesAhead pages;
  private final SegmentExtent extent;
  private final CoverageBuilder coverage = new CoverageBuilder();
  private final Frame frames = new Frame();
  private byte[] entry = new byte[4096];
  private long lastPosition;
  private int lastLength;
  private boolean named;
  private volatile @Nullable SegmentInfo sealed;

  private ActiveSegment(
      SegmentParts parts, int storeTag, Path logDirectory, DurableFiles disk, Pending first) {
    this.number = parts.number();
    this.storeTag = storeTag;
    this.directory = parts.directory();
    this.logDirectory = logDirectory;
    this.disk = disk;
    this.room = parts.room();
    this.chronicle = parts.chronicle();
    this.channel = parts.channel();
    this.pages = new PagesAhead(room, chronicle);
    this.named = parts.isNamed();
    this.extent = SegmentExtent.growing(number, parts.file(), first.position(), write(first));
  }

  /** A commit on its way into the log. */
  record Pending(long position, CommitHeader header, byte[] body, int offset, int length) {}

  /** Begins a segment with its first commit, for which there is room. */
  static ActiveSegment create(
      SegmentParts parts, int storeTag, Path logDirectory, DurableFiles disk, Pending first)
      throws IOException {
    boolean created = false;
    try {
      ActiveSegment segment = new ActiveSegment(parts, storeTag, logDirectory, disk, first);
      created = true;
      return segment;
    } finally {
      if (!created) {
        parts.close();
      }
    }
  }

  SegmentExtent extent() {
    return extent;
  }

  /** Whether an entry of the given body would make the segment larger than it may be. */
  boolean isFull(int bodyLength, long segmentBytes) {
    return extent.end() + entryBytes(bodyLength) > segmentBytes;
  }

  /** Whether it is time to make the next one. */
  boolean isHalfFull(long segmentBytes) {
    return extent.end() > segmentBytes / 2;
  }

  /** Whether it is time to {@linkplain #takeRoomAhead take room}. */
  boolean isRoomLow() {
    return room.isLow(extent.end());
  }

  /** Takes room on the disk before an append has to. */
  boolean takeRoomAhead() throws IOException {
    return room.reachAhead(extent.end());
  }

  /** Whether there are pages to {@linkplain #bringPagesIn bring in}; asked by who appends. */
  boolean arePagesDue() {
    return pages.isDue(extent.end());
  }

  /** Brings pages into memory that appends come to next; gives how many bytes they are. */
  long bringPagesIn() {
    return pages.bringIn();
  }

  /** Says that nothing more is appended. */
  void end() {
    extent.endAt(lastPosition);
  }

  /** The position of its last commit, once nothing more is appended. */
  long lastPosition() {
    return extent.lastPosition();
  }

  /** How much of the file an entry with such a body takes at most. */
  static long entryBytes(int bodyLength) {
    int frameBytes = DocumentLayout.ALIGNMENT - 1 + DocumentLayout.HEADER_BYTES + FrameLayout.BODY;
    return (long) frameBytes + bodyLength;
  }

  /** Breaks off when a commit's sequence jumps or repeats, which every peer would be told. */
  void requireNext(Pending commit) {
    String refusal = coverage.refusal(commit.header());
    if (refusal != null) {
      throw Problem.of("commit does not follow its origin's last")
          .with("position", commit.position())
          .with("origin", ReplicaId.format(commit.header().origin()))
          .with("expected", refusal)
          .with("actual", "sequence " + commit.header().firstSequence())
          .broken();
    }
  }

  /**
   * Appends a commit; readers see it once the caller has published its position.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room for it; nothing was written
   */
  SegmentExtent append(Pending commit) throws IOException {
    room.reach(extent.end() + entryBytes(commit.length()));
    extent.growTo(write(commit));
    return extent;
  }

  private long write(Pending commit) {
    int length = FrameLayout.BODY + commit.length();
    byte[] target = buffer(length);
    System.arraycopy(commit.body(), commit.offset(), target, FrameLayout.BODY, commit.length());
    int checksum =
        frames.write(target, commit.length(), FrameLayout.KIND_COMMIT, commit.position(), storeTag);
    // In one piece: Chronicle publishes a part of an entry when its writer fails halfway.
    CrashPoint.LOG_APPEND.before();
    long end = chronicle.append(target, length);
    CrashPoint.LOG_APPEND.after();
    coverage.add(commit.header(), target, FrameLayout.BODY, commit.length(), checksum);
    lastPosition = commit.position();
    lastLength = length;
    return end;
  }

  private byte[] buffer(int length) {
    if (length <= entry.length) {
      return entry;
    }
    if (length > LARGEST_KEPT_BUFFER) {
      return new byte[length];
    }
    entry = new byte[Math.min(LARGEST_KEPT_BUFFER, Math.max(length, entry.length * 2))];
    return entry;
  }

  /**
   * Makes all that is appended survive a power loss; of a sealed one all does. Not while it is
   * being sealed, which closes the file: whoever forces it may have found it when it was active.
   */
  synchronized void force() throws IOException {
    if (sealed == null) {
      forceFile();
    }
  }

  private void forceFile() throws IOException {
    CrashPoint.LOG_FORCE.before();
    pages.forcing(extent.end());
    disk.force(channel);
    if (!named) {
      // A forced file that no forced directory names is gone after a power loss.
      disk.forceDirectory(directory);
      disk.forceDirectory(logDirectory);
      named = true;
    }
    CrashPoint.LOG_FORCE.after();
  }

  /** Where its last commit is. */
  LogPlace lastPlace() {
    int bodyLength = lastLength - FrameLayout.BODY;
    return new LogPlace(number, extent.file(), extent.end() - bodyLength, bodyLength);
  }

  /** What it holds so far. */
  SegmentInfo info(boolean sealed) {
    return new SegmentInfo(
        number,
        SegmentInfo.Kind.RAW,
        extent.firstPosition(),
        lastPosition,
        lastPosition - extent.firstPosition() + 1,
        extent.end(),
        coverage.checksum(),
        coverage.coverage(),
        sealed);
  }

  /**
   * Unmaps it, cuts what was allocated ahead, forces it. Again it does nothing: the catalogue,
   * which it is entered in next, may have found the disk full.
   */
  synchronized SegmentInfo seal() throws IOException {
    SegmentInfo before = sealed;
    if (before != null) {
      return before;
    }
    CrashPoint.SEGMENT_SEAL.before();
    room.close();
    chronicle.close();
    requireEnd();
    CrashPoint.SEGMENT_CUT.before();
    channel.truncate(extent.end());
    CrashPoint.SEGMENT_CUT.after();
    forceFile();
    SegmentFiles.removeAllBut(directory, extent.file(), disk);
    channel.close();
    CrashPoint.SEGMENT_SEAL.after();
    SegmentInfo info = info(true);
    sealed = info;
    return info;
  }

  /**
   * The file is about to be cut at an offset that a library told: the last entry must end there.
   */
  private void requireEnd() throws IOException {
    byte[] header = new byte[DocumentLayout.HEADER_BYTES];
    long at = extent.end() - lastLength - header.length;
    int read = FileChannels.read(channel, at, header, 0, header.length);
    if (read != header.length || Frame.i32(header, 0) != lastLength) {
      throw Problem.of("segment does not end with its last entry")
          .with("file", extent.file())
          .with("end", extent.end())
          .with("expected", lastLength)
          .with("actual", Frame.i32(header, 0))
          .broken();
    }
  }

  /** Unmaps it and leaves the file as it is. */
  synchronized void release() throws IOException {
    chronicle.close();
    channel.close();
  }
}
