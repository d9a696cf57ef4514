package dev.tidemark.tools.scenario;

import dev.tidemark.error.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream into lines of UTF-8. Each line is decoded by itself, so that broken bytes are
 * found in the line that holds them, and the lines behind it can still be read.
 */
final class LineReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream in;
  private final int mostBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private byte[] line = new byte[BUFFER_BYTES];
  private int length;
  private long number;

  /** A reader of lines of at most so many bytes. */
  LineReader(InputStream in, int mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  /** Where the last line stands, from 1. */
  long number() {
    return number;
  }

  /**
   * The next line without its end, a line feed that may stand behind a carriage return; null after
   * the last.
   *
   * @throws CharacterCodingException if it is not UTF-8
   * @throws IllegalArgumentException if it is too long
   */
  @Nullable String next() throws IOException {
    length = 0;
    number++;
    if (!gather()) {
      number--;
      return null;
    }
    if (length > mostBytes) {
      throw Problem.of("line is too long").with("limit", mostBytes).illegalArgument();
    }
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    int from = startsWithMark() ? MARK.length : 0;
    ByteBuffer bytes = ByteBuffer.wrap(line, from, length - from);
    // A decoder asked this way refuses broken bytes; strings make question marks of them.
    return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
  }

  /** Some editors begin a file with a byte order mark. */
  private boolean startsWithMark() {
    return number == 1
        && length >= MARK.length
        && Arrays.equals(line, 0, MARK.length, MARK, 0, MARK.length);
  }

  /** Takes all up to the next line feed or the end; gives whether there was anything. */
  private boolean gather() throws IOException {
    boolean found = false;
    while (at < end || fill()) {
      found = true;
      int feed = at;
      while (feed < end && buffer[feed] != '\n') {
        feed++;
      }
      append(feed);
      if (feed < end) {
        at = feed + 1;
        return true;
      }
      at = end;
    }
    return found;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  /** What is beyond the limit is counted, by one byte, and not kept. */
  private void append(int to) {
    int room = mostBytes + 1 - length;
    int count = Math.min(to - at, room);
    if (length + count > line.length) {
      line = Arrays.copyOf(line, (int) Math.min(mostBytes + 1L, 2L * (length + count)));
    }
    System.arraycopy(buffer, at, line, length, count);
    length += count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
