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
 * Finds the whole entries of a data file, whatever lies between them: at each multiple of four it
 * asks whether an entry begins there whose length, magic and checksum hold. It follows no lengths
 * but those of whole entries, so damage hides nothing that lies behind it; {@link SegmentReader},
 * which reads what is sound, stops there.
 */
final class EntryFinder implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int HEAD_BYTES = DocumentLayout.HEADER_BYTES + FrameLayout.BODY;
  private static final int MAX_ENTRY_BYTES = FrameLayout.BODY + Limits.MAX_COMMIT_BYTES;
  private static final int PAGE_BYTES = 4096;

  private final Path file;
  private final FileChannel channel;
  private final long length;
  private final Frame frames = new Frame();

  private byte[] buffer = new byte[BUFFER_BYTES];
  private long bufferStart;
  private int bufferLength;
  private long offset;
  private long start;
  private long end;
  private @Nullable String unreadable;

  /** Looks at a data file from an offset on, which is a multiple of four. */
  EntryFinder(Path file, long offset) throws IOException {
    this.file = file;
    this.channel = FileChannels.open(file, StandardOpenOption.READ);
    this.length = channel.size();
    this.offset = offset;
  }

  /** Moves to the next whole entry; false if there is none up to the end of the file. */
  boolean next() {
    for (long at = offset; at + HEAD_BYTES <= length; at += DocumentLayout.ALIGNMENT) {
      if (isWholeAt(at)) {
        start = at;
        end = at + DocumentLayout.HEADER_BYTES + FrameLayout.BODY + bodyLength();
        offset = align(end);
        return true;
      }
    }
    offset = length;
    return false;
  }

  private boolean isWholeAt(long at) {
    int head = window(at, HEAD_BYTES);
    int header = Frame.i32(buffer, head);
    if (header < FrameLayout.BODY || header > MAX_ENTRY_BYTES || at + 4L + header > length) {
      return false;
    }
    int frame = head + DocumentLayout.HEADER_BYTES;
    int body = header - FrameLayout.BODY;
    if (!Frame.isOurs(buffer, frame) || Frame.bodyLength(buffer, frame) != body) {
      return false;
    }
    frame = window(at, DocumentLayout.HEADER_BYTES + header) + DocumentLayout.HEADER_BYTES;
    start = at;
    if (frames.checksum(buffer, frame, body) != Frame.storedChecksum(buffer, frame)) {
      return false;
    }
    if (!Frame.isKnown(buffer, frame)) {
      throw newer(Frame.version(buffer, frame), Frame.kind(buffer, frame));
    }
    return Frame.position(buffer, frame) > 0;
  }

  /** Makes bytes of the file available; gives where they begin in the buffer. */
  private int window(long at, int bytes) {
    if (at < bufferStart || at + bytes > bufferStart + bufferLength) {
      if (buffer.length < bytes) {
        buffer = new byte[bytes];
      }
      bufferStart = at;
      bufferLength = (int) Math.min(buffer.length, length - at);
      fill();
    }
    return (int) (at - bufferStart);
  }

  private void fill() {
    try {
      read(0, bufferLength);
    } catch (IOException whole) {
      // A bad sector must not take with it what is readable around it.
      for (int at = 0; at < bufferLength; at += PAGE_BYTES) {
        int piece = Math.min(PAGE_BYTES, bufferLength - at);
        try {
          read(at, piece);
        } catch (IOException e) {
          Arrays.fill(buffer, at, at + piece, (byte) 0);
          unreadable = String.valueOf(e.getMessage());
        }
      }
    }
  }

  private void read(int at, int bytes) throws IOException {
    int read = FileChannels.read(channel, bufferStart + at, buffer, at, bytes);
    Arrays.fill(buffer, at + read, at + bytes, (byte) 0);
  }

  private int frame() {
    return (int) (start - bufferStart) + DocumentLayout.HEADER_BYTES;
  }

  /** Where the entry's header is in the file. */
  long start() {
    return start;
  }

  /** Where the entry ends in the file, without padding. */
  long end() {
    return end;
  }

  /** The entry's position in the log. */
  long position() {
    return Frame.position(buffer, frame());
  }

  /** The array that holds the entry's body until the next call. */
  byte[] array() {
    return buffer;
  }

  /** Where the body begins in the array. */
  int bodyAt() {
    return frame() + FrameLayout.BODY;
  }

  /** How many bytes the body has. */
  int bodyLength() {
    return Frame.bodyLength(buffer, frame());
  }

  /** What kind of entry it is. */
  int kind() {
    return Frame.kind(buffer, frame());
  }

  /** The entry's checksum. */
  int checksum() {
    return Frame.storedChecksum(buffer, frame());
  }

  /** The length of the file. */
  long length() {
    return length;
  }

  /** Why some of the file could not be read, and counted as zeros; null if all of it could. */
  @Nullable String unreadable() {
    return unreadable;
  }

  static long align(long fileOffset) {
    return (fileOffset + DocumentLayout.ALIGNMENT - 1) & -DocumentLayout.ALIGNMENT;
  }

  /** Whole, and of a form that is not known here: leaving it out would lose it. */
  private StoreUnusableException newer(int version, int kind) {
    return new StoreUnusableException(
        Problem.of("log has entries of a newer format")
            .with("file", file)
            .with("offset", start)
            .with("version", version)
            .with("kind", kind)
            .with("known", FrameLayout.VERSION_VALUE)
            .advise("use the version of Tidemark that wrote it, or a newer one"));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
