package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The room on the disk that the active segment has for its file, taken ahead of the entries. A disk
 * that fills up under a mapped file gives no error at the write: the JVM gets a fault at some later
 * instruction, and commits whose append had returned are lost.
 *
 * <p>As much is taken as is there already: many small logs cost little, and a busy one asks seldom.
 * What is over is given back when the file is cut to its length.
 */
final class SegmentRoom {
  static final long LEAST_STEP_BYTES = 64L << 10;
  static final long LARGEST_STEP_BYTES = 4L << 20;
  private static final long LARGEST_AHEAD_BYTES = 64L << 20;

  /** Chronicle's header and index before the first entry, or a new part of its index behind one. */
  private static final long FOREIGN_BYTES = 4096;

  private static final long BLOCK_BYTES = 4096;

  private final Path file;
  private final long segmentBytes;
  private final SpaceGuard space;
  private final DurableFiles disk;
  private volatile long end;
  private boolean closed;

  SegmentRoom(Path file, long segmentBytes, SpaceGuard space, DurableFiles disk) {
    this.file = file;
    this.segmentBytes = segmentBytes;
    this.space = space;
    this.disk = disk;
  }

  /**
   * Makes sure of the room for entries up to an offset.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is none; what is there is kept
   */
  void reach(long offset) throws IOException {
    if (offset + FOREIGN_BYTES > end) {
      extend(offset + FOREIGN_BYTES);
    }
  }

  /** Up to where the disk has room for the file. */
  long end() {
    return end;
  }

  /** Whether there is less than a step of room behind an offset, in a file that grows by those. */
  boolean isLow(long offset) {
    long reached = end;
    return reached >= 2 * LARGEST_STEP_BYTES
        && reached - offset < LARGEST_STEP_BYTES
        && reached < segmentBytes;
  }

  /**
   * Takes the next step before an entry needs it, if it {@linkplain #isLow is due}; gives whether
   * it was. To take one waits for what the disk is busy with: 7 to 17 ms were seen.
   */
  boolean reachAhead(long offset) throws IOException {
    boolean isDue = isLow(offset);
    if (isDue) {
      extend(end + 1);
    }
    return isDue;
  }

  /**
   * Takes as much as there will be entries, or what the disk has of that: for a log that has filled
   * a segment before.
   */
  void reachEnd() throws IOException {
    long all = Math.min(segmentBytes + FOREIGN_BYTES, LARGEST_AHEAD_BYTES);
    if (all > end) {
      extend(end + 1, all - end);
    }
  }

  /** Takes no more: the file is about to be cut to its length. */
  synchronized void close() {
    closed = true;
  }

  private void extend(long least) throws IOException {
    extend(least, Math.max(LEAST_STEP_BYTES, Math.min(LARGEST_STEP_BYTES, end)));
  }

  private synchronized void extend(long least, long step) throws IOException {
    long from = end;
    if (least > from && !closed) {
      // No further than where it is sealed.
      long ahead = Math.min(from + step, segmentBytes + FOREIGN_BYTES);
      long bytes = space.take(blocks(least - from), blocks(Math.max(least, ahead) - from));
      disk.allocate(file, from, bytes);
      end = from + bytes;
    }
  }

  private static long blocks(long bytes) {
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }
}
