package dev.tidemark.storage.log;

/**
 * Brings the pages into memory that a busy log comes to next, beside its appends: each page of the
 * file costs whoever writes to it first some 9 us, which was a quarter of a put.
 *
 * <p>Only while much is appended between two forces. A page that is brought in is dirty, so a force
 * writes it, and again when there is something in it: where each entry is forced that would be all
 * that the disk does.
 */
final class PagesAhead {
  /** How much is appended behind a force before any page is brought in. */
  static final long BUSY_BYTES = 256L << 10;

  /** How far ahead of the entries: what a force may write in vain. */
  static final long AHEAD_BYTES = 512L << 10;

  private static final long STEP_BYTES = 128L << 10;

  private final SegmentRoom room;
  private final ChronicleSegment chronicle;
  private volatile long forced;
  private volatile long wanted;

  /** Of the thread that appends. */
  private long nextTold;

  /** Of the thread that brings pages in. */
  private long reached;

  private long forcedThen;

  PagesAhead(SegmentRoom room, ChronicleSegment chronicle) {
    this.room = room;
    this.chronicle = chronicle;
  }

  /** Whether an append that ends at an offset gives {@link #bringIn} something to do. */
  boolean isDue(long end) {
    if (end < nextTold) {
      return false;
    }
    nextTold = end + STEP_BYTES;
    wanted = end + AHEAD_BYTES;
    return end - forced >= BUSY_BYTES;
  }

  /** Says that a force begins that writes all up to an offset, and the pages behind it. */
  void forcing(long end) {
    long from = forced;
    if (end - from >= BUSY_BYTES) {
      chronicle.letGo(from, end + AHEAD_BYTES);
    }
    forced = end;
  }

  /** Brings in what is wanted and lies on the disk already; gives how many bytes that were. */
  long bringIn() {
    long to = Math.min(wanted, room.end());
    long from = Math.max(reached, to - AHEAD_BYTES);
    if (forcedThen != forced) {
      // The force has made them clean: the first write to each is as slow as it was.
      forcedThen = forced;
      from = to - AHEAD_BYTES;
    }
    long brought = from < to ? chronicle.touch(Math.max(0, from), to) : 0;
    reached = Math.max(from, to);
    return brought;
  }
}
