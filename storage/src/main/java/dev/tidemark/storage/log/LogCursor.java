package dev.tidemark.storage.log;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the commits of a log in order of their positions, each checked. It is live: when {@link
 * #next} finds nothing more it can be asked again later and goes on where it stopped. For one
 * thread at a time; holds one open file.
 */
public final class LogCursor implements AutoCloseable {
  private final LogSource source;
  private final long lastWanted;
  private long due;

  private @Nullable List<SegmentExtent> extents;
  private @Nullable SegmentExtent extent;
  private long extentLast;
  private @Nullable SegmentReader reader;
  private boolean onEntry;
  private boolean closed;

  LogCursor(LogSource source, long fromPosition, long lastWanted) {
    if (fromPosition < 1) {
      throw Problem.of("position is below 1").with("position", fromPosition).illegalArgument();
    }
    this.source = source;
    this.due = fromPosition;
    this.lastWanted = lastWanted;
    requireHeld();
  }

  /**
   * Moves to the next commit.
   *
   * @return false if there is none yet, or the last one wanted was read
   * @throws DamagedException if the bytes there are not those that were written; it stays there
   * @throws TruncatedException if the log was truncated above it
   */
  public boolean next() {
    if (closed) {
      throw Problem.of("cursor is closed").illegalState();
    }
    source.requireOpen();
    onEntry = false;
    // The position first: what is published before it (segments, their ends) is then seen too.
    if (due > lastWanted || due > source.appendedPosition()) {
      return false;
    }
    requireHeld();
    SegmentReader current = locate();
    while (true) {
      switch (current.next(currentExtent().end())) {
        case DAMAGE -> throw current.damage().exception();
        case END -> throw current.endsBefore(due).exception();
        case ENTRY -> {
          if (current.position() == due) {
            due++;
            onEntry = true;
            return true;
          }
        }
      }
    }
  }

  private void requireHeld() {
    if (due < source.firstPosition()) {
      throw new TruncatedException(due, source.firstPosition());
    }
  }

  /** The reader of the segment that holds the due position. */
  private SegmentReader locate() {
    List<SegmentExtent> now = source.extents();
    if (now != extents) {
      extents = now;
      // A segment that was the last may have got a successor, which bounds it.
      extentLast = 0;
    }
    SegmentReader open = reader;
    if (open != null && due <= extentLast) {
      return open;
    }
    int index = LogSource.indexOf(now, due);
    SegmentExtent wanted = now.get(index);
    extentLast = index + 1 < now.size() ? now.get(index + 1).firstPosition() - 1 : Long.MAX_VALUE;
    if (open != null && extent != null && extent.number() == wanted.number()) {
      return open;
    }
    closeReader();
    extent = wanted;
    open = new SegmentReader(wanted.file(), wanted.firstPosition());
    reader = open;
    return open;
  }

  private SegmentExtent currentExtent() {
    if (extent == null) {
      throw Problem.of("cursor has no segment").broken();
    }
    return extent;
  }

  private SegmentReader entry() {
    if (reader == null || !onEntry) {
      throw Problem.of("cursor is not on a commit").illegalState();
    }
    return reader;
  }

  /** The position of the commit. */
  public long position() {
    return entry().position();
  }

  /** The array that holds the encoded commit until the next call of {@link #next}. */
  public byte[] array() {
    return entry().array();
  }

  /** Where the encoded commit begins in the array. */
  public int offset() {
    return entry().bodyAt();
  }

  /** How many bytes the encoded commit has. */
  public int length() {
    return entry().bodyLength();
  }

  /** The number of the segment that holds the commit. */
  public long segment() {
    entry();
    return currentExtent().number();
  }

  /** Where the commit's entry begins in the segment's data file. */
  public long fileOffset() {
    return entry().entryOffset();
  }

  private void closeReader() {
    if (reader != null) {
      reader.close();
      reader = null;
      onEntry = false;
    }
  }

  @Override
  public void close() {
    closed = true;
    closeReader();
  }
}
