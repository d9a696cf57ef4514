package dev.tidemark.storage.log;

import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of one segment in order, from its data file and without Chronicle, whose own
 * reader stops at damage as if the data ended there, delivers changed bytes, grows the files it
 * reads and writes to them. Everything is checked here: length, frame, contiguity, checksum. The
 * buffer is one array, grown to the largest entry.
 *
 * <p>A segment that is being written can be read: what is mapped and what is read are the same
 * pages. The caller says up to which offset entries are complete, and no byte beyond it is looked
 * at.
 */
final class SegmentReader implements AutoCloseable {
  /** What {@link #next} found. */
  enum Step {
    /** An entry, described by the accessors until the next call. */
    ENTRY,
    /** No entry before the limit. */
    END,
    /** Not what was written; the reader stays there. */
    DAMAGE
  }

  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int MIN_BUFFER_BYTES = 4 * 1024;
  private static final int MAX_ENTRY_BYTES = FrameLayout.BODY + Limits.MAX_COMMIT_BYTES;

  private final Path file;
  private final FileChannel channel;
  private final long firstPosition;
  private final Frame frames = new Frame();

  private byte[] buffer = new byte[0];
  private long bufferStart;
  private int bufferLength;

  private long offset;
  private long duePosition;
  private long entryOffset;
  private long entryEnd;
  private int bodyAt;
  private int bodyLength;
  private int checksum;
  private int kind;
  private boolean tagged;
  private int storeTag;
  private @Nullable Damage damage;

  private SegmentReader(Path file, FileChannel channel, int kind, long firstPosition) {
    this.file = file;
    this.channel = channel;
    this.kind = kind;
    this.firstPosition = firstPosition;
    this.duePosition = firstPosition;
  }

  /**
   * Opens the data file of whatever kind of segment: kind and position are as its first entry's.
   */
  static SegmentReader open(Path file) {
    return open(file, 0, 0);
  }

  /** Opens the data file of a segment that is known. */
  static SegmentReader open(SegmentExtent extent) {
    boolean folded = extent.kind() == SegmentInfo.Kind.FOLDED;
    return open(extent.file(), extent.kind().code(), folded ? 1 : extent.firstPosition());
  }

  private static SegmentReader open(Path file, int kind, long firstPosition) {
    try {
      FileChannel channel = FileChannels.open(file, StandardOpenOption.READ);
      return new SegmentReader(file, channel, kind, firstPosition);
    } catch (IOException e) {
      throw unreadable(file, 0, e);
    }
  }

  /** Begins again with the first entry; damage that was met stays. */
  void rewind() {
    offset = 0;
    duePosition = firstPosition;
  }

  /** Reads the next entry that ends at or before the limit. */
  Step next(long limit) {
    try {
      return read(limit);
    } catch (IOException e) {
      throw unreadable(file, offset, e);
    }
  }

  private Step read(long limit) throws IOException {
    if (damage != null) {
      return Step.DAMAGE;
    }
    while (buffered(DocumentLayout.HEADER_BYTES, limit)) {
      int header = Frame.i32(buffer, at(offset));
      if (header == DocumentLayout.NOTHING || header == DocumentLayout.END_OF_DATA) {
        return Step.END;
      }
      if ((header & DocumentLayout.NOT_COMPLETE) != 0) {
        return damaged("a complete entry", "an unfinished entry");
      }
      int length = header & DocumentLayout.LENGTH;
      long end = offset + DocumentLayout.HEADER_BYTES + length;
      if (end > limit) {
        return damaged("an entry that ends by " + limit, "one that ends at " + end);
      }
      if ((header & DocumentLayout.METADATA) == 0) {
        return entry(length, end, limit);
      }
      if (isMarkedEntry(length, limit)) {
        return damaged("an entry", "one that is marked as metadata");
      }
      offset = align(end);
    }
    return Step.END;
  }

  /**
   * Chronicle's metadata never begins like our frame: one flipped bit of a header would else make
   * the last entry vanish as if it had never been written.
   */
  private boolean isMarkedEntry(int length, long limit) throws IOException {
    return length >= FrameLayout.BODY
        && buffered(DocumentLayout.HEADER_BYTES + FrameLayout.BODY, limit)
        && Frame.isOurs(buffer, at(offset) + DocumentLayout.HEADER_BYTES);
  }

  private Step entry(int length, long end, long limit) throws IOException {
    if (length < FrameLayout.BODY || length > MAX_ENTRY_BYTES) {
      return damaged("an entry of 24 to " + MAX_ENTRY_BYTES + " bytes", length + " bytes");
    }
    if (!buffered(DocumentLayout.HEADER_BYTES + length, limit)) {
      return damaged("a file that reaches " + end, "one that ends before");
    }
    int frame = at(offset) + DocumentLayout.HEADER_BYTES;
    int body = length - FrameLayout.BODY;
    if (!Frame.isOurs(buffer, frame)) {
      return damaged("the frame of an entry", "frame " + hex(Frame.i32(buffer, frame)));
    }
    if (Frame.bodyLength(buffer, frame) != body) {
      return damaged("body of " + body + " bytes", Frame.bodyLength(buffer, frame) + " bytes");
    }
    int stored = Frame.storedChecksum(buffer, frame);
    checksum = frames.checksum(buffer, frame, body);
    if (checksum != stored) {
      return damaged("crc32c " + hex(stored), "crc32c " + hex(checksum));
    }
    int itsKind = Frame.kind(buffer, frame);
    if (!Frame.isKnown(buffer, frame)) {
      // Whole, and not of a form known here: cutting it off as a torn tail would lose it.
      throw newer(Frame.version(buffer, frame), itsKind);
    }
    if (kind != 0 && itsKind != kind) {
      return damaged("an entry of kind " + kind, "one of kind " + itsKind);
    }
    long position = Frame.position(buffer, frame);
    if (position <= 0 || (duePosition != 0 && position != duePosition)) {
      return damaged("position " + duePosition, "position " + position);
    }
    int tag = Frame.storeTag(buffer, frame);
    if (tagged && tag != storeTag) {
      return damaged("an entry of store tag " + hex(storeTag), "one of " + hex(tag));
    }
    tagged = true;
    storeTag = tag;
    kind = itsKind;
    duePosition = position + 1;
    entryOffset = offset;
    entryEnd = end;
    bodyAt = frame + FrameLayout.BODY;
    bodyLength = body;
    offset = align(end);
    return Step.ENTRY;
  }

  /** Makes the next bytes available in the buffer, unless the limit or the file ends before. */
  private boolean buffered(int bytes, long limit) throws IOException {
    if (offset + bytes > limit) {
      return false;
    }
    if (offset >= bufferStart && offset + bytes <= bufferStart + bufferLength) {
      return true;
    }
    int kept = keepTail();
    long wanted = Math.min(limit - offset, Math.max(bytes, BUFFER_BYTES));
    int capacity = (int) Math.max(wanted, MIN_BUFFER_BYTES);
    if (buffer.length < capacity) {
      buffer = Arrays.copyOf(buffer, capacity);
    }
    int length = (int) wanted - kept;
    bufferLength = kept + FileChannels.read(channel, offset + kept, buffer, kept, length);
    return bytes <= bufferLength;
  }

  /** Moves what is still needed of the buffer to its front, which then stands for the offset. */
  private int keepTail() {
    long end = bufferStart + bufferLength;
    int kept = offset >= bufferStart && offset < end ? (int) (end - offset) : 0;
    if (kept > 0) {
      System.arraycopy(buffer, at(offset), buffer, 0, kept);
    }
    bufferStart = offset;
    bufferLength = kept;
    return kept;
  }

  private int at(long fileOffset) {
    return (int) (fileOffset - bufferStart);
  }

  private static long align(long fileOffset) {
    return (fileOffset + DocumentLayout.ALIGNMENT - 1) & -DocumentLayout.ALIGNMENT;
  }

  private Step damaged(String expected, String actual) {
    damage = new Damage(file, offset, duePosition, expected, actual);
    return Step.DAMAGE;
  }

  private static String hex(int value) {
    return Integer.toHexString(value);
  }

  /** What is wrong, after {@link Step#DAMAGE}. */
  Damage damage() {
    if (damage == null) {
      throw Problem.of("reader has met no damage").illegalState();
    }
    return damage;
  }

  /** The damage of a segment that ends although the given position was written to it. */
  Damage endsBefore(long position) {
    return new Damage(file, offset, position, "position " + position, "end of data");
  }

  /** Where the next entry is due in the file. */
  long offset() {
    return offset;
  }

  /** The data file. */
  Path file() {
    return file;
  }

  /** The entry's position. */
  long position() {
    return duePosition - 1;
  }

  /** Where the entry's header is in the file. */
  long entryOffset() {
    return entryOffset;
  }

  /** Where the entry ends in the file, without padding; 0 before the first. */
  long entryEnd() {
    return entryEnd;
  }

  /** The array that holds the entry's body until the next call. */
  byte[] array() {
    return buffer;
  }

  /** Where the body begins in the array. */
  int bodyAt() {
    return bodyAt;
  }

  /** How many bytes the body has. */
  int bodyLength() {
    return bodyLength;
  }

  /** Of which kind the entries so far are; 0 before the first. */
  int kind() {
    return kind;
  }

  /** Of which store the entries so far are. */
  int storeTag() {
    return storeTag;
  }

  /** The entry's checksum. */
  int checksum() {
    return checksum;
  }

  private StoreUnusableException newer(int version, int kind) {
    return new StoreUnusableException(
        Problem.of("log has entries of a newer format")
            .with("file", file)
            .with("offset", offset)
            .with("version", version)
            .with("kind", kind)
            .with("known", FrameLayout.VERSION_VALUE)
            .advise("open it with the version of Tidemark that wrote it, or a newer one"));
  }

  private static StoreUnusableException unreadable(Path file, long offset, IOException e) {
    return new StoreUnusableException(
        Problem.of("log cannot be read").with("file", file).with("offset", offset).with("cause", e),
        e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(file, offset, e);
    }
  }
}
