package dev.tidemark.storage.log;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.run.PackedRecords;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunRecords;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a log holds in order of positions, each piece checked: a commit, or a folded run as a
 * whole. It is live: when {@link #next} finds nothing more it can be asked again later and goes on
 * where it stopped. For one thread at a time; holds one open file, and so finishes a segment that
 * is folded or dropped meanwhile.
 *
 * <p>A run stands for the commits of all its positions. One that was folded of more than is left to
 * read begins below the position that is due: what is read twice is joined twice, which a join does
 * not notice.
 */
public final class LogCursor implements AutoCloseable {
  private final LogSource source;
  private final long lastWanted;
  private long due;

  private @Nullable SegmentExtent extent;
  private @Nullable SegmentReader reader;
  private boolean onItem;
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
   * Moves to the next item.
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
    onItem = false;
    // The position first: what is published before it (segments, their ends) is then seen too.
    if (due > lastWanted || due > source.appendedPosition()) {
      return false;
    }
    SegmentReader current = locate();
    SegmentExtent in = currentExtent();
    if (in.kind() == SegmentInfo.Kind.FOLDED) {
      due = in.lastPosition() + 1;
    } else {
      nextCommit(current, in);
      due++;
    }
    onItem = true;
    return true;
  }

  private void nextCommit(SegmentReader current, SegmentExtent in) {
    while (true) {
      switch (current.next(in.end())) {
        case DAMAGE -> throw current.damage().exception();
        case END -> throw current.endsBefore(due).exception();
        case ENTRY -> {
          if (current.position() == due) {
            return;
          }
        }
      }
    }
  }

  private void requireHeld() {
    if (due < source.firstPosition()) {
      throw new TruncatedException(due, source.firstPosition(), source.newestSnapshot());
    }
  }

  /** The reader of the segment that holds the due position. */
  private SegmentReader locate() {
    SegmentReader open = reader;
    if (open != null && due <= currentExtent().lastPosition()) {
      return open;
    }
    closeReader();
    while (true) {
      requireHeld();
      List<SegmentExtent> now = source.extents();
      SegmentExtent wanted = now.get(LogSource.indexOf(now, due));
      try {
        open = SegmentReader.open(wanted);
        extent = wanted;
        reader = open;
        return open;
      } catch (StoreUnusableException e) {
        if (source.extents() == now) {
          throw e;
        }
        // It was folded, or dropped, since it was looked up.
      }
    }
  }

  private SegmentExtent currentExtent() {
    if (extent == null) {
      throw Problem.of("cursor has no segment").broken();
    }
    return extent;
  }

  private SegmentExtent item() {
    if (!onItem) {
      throw Problem.of("cursor is not on an item").illegalState();
    }
    return currentExtent();
  }

  private SegmentReader commit() {
    if (item().kind() == SegmentInfo.Kind.FOLDED || reader == null) {
      throw Problem.of("cursor is not on a commit").illegalState();
    }
    return reader;
  }

  private SegmentReader run() {
    if (item().kind() != SegmentInfo.Kind.FOLDED || reader == null) {
      throw Problem.of("cursor is not on a run").illegalState();
    }
    return reader;
  }

  /** Whether the item is a folded run, and not a commit. */
  public boolean isRun() {
    return item().kind() == SegmentInfo.Kind.FOLDED;
  }

  /** The position of the commit; the last one that the run stands for. */
  public long position() {
    item();
    return due - 1;
  }

  /** The position of the commit; the first one that the run stands for. */
  public long firstPosition() {
    return isRun() ? currentExtent().firstPosition() : position();
  }

  /** What the run holds of each origin. */
  public List<OriginCoverage> coverage() {
    run();
    return currentExtent().coverage();
  }

  /** What becomes of the keys of the run when it is folded. */
  public RunEffect effect() {
    return Coverage.effect(coverage());
  }

  /**
   * The records of the run, from its beginning whenever it is asked for. They are read as they are
   * asked for, until the cursor is moved or closed, or the records are asked for again.
   */
  public RunRecords records() {
    return folded();
  }

  /** The same as bytes that nobody has looked into. */
  public PackedRecords packedRecords() {
    return folded()::nextPacked;
  }

  private FoldedRecords folded() {
    SegmentReader current = run();
    current.rewind();
    return new FoldedRecords(current, currentExtent());
  }

  /** The array that holds the encoded commit until the next call of {@link #next}. */
  public byte[] array() {
    return commit().array();
  }

  /** Where the encoded commit begins in the array. */
  public int offset() {
    return commit().bodyAt();
  }

  /** How many bytes the encoded commit has. */
  public int length() {
    return commit().bodyLength();
  }

  /** Where the encoded commit is in the log. */
  public LogPlace place() {
    SegmentReader of = commit();
    SegmentExtent in = currentExtent();
    return new LogPlace(in.number(), in.file(), of.entryEnd() - of.bodyLength(), of.bodyLength());
  }

  /** The number of the segment that holds the item. */
  public long segment() {
    return item().number();
  }

  /** Where the item begins in the segment's data file: a run at 0. */
  public long fileOffset() {
    return isRun() ? 0 : commit().entryOffset();
  }

  private void closeReader() {
    if (reader != null) {
      reader.close();
      reader = null;
      onItem = false;
    }
  }

  @Override
  public void close() {
    closed = true;
    closeReader();
  }
}
