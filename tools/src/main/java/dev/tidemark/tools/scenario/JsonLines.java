package dev.tidemark.tools.scenario;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemark.error.Problem;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A file of one JSON value a line, read line by line, however long it is; unpacked on the way if
 * its name ends in {@code .gz}. Everything wrong with a line is told with file and line, and the
 * lines behind it can be read all the same.
 */
final class JsonLines implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MOST_LINE_BYTES = 1 << 26;

  // Numbers may exceed 2^63, and equal numbers must be equal nodes. Keys and fields of any length
  // that a store takes are names here, and values strings: the line's limit is limit enough.
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNameLength(MOST_LINE_BYTES)
                          .maxStringLength(MOST_LINE_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build()
          .reader();

  private final Path file;
  private final Counting bytes;
  private final long size;
  private final LineReader lines;
  private boolean damaged;

  private JsonLines(Path file, Counting bytes, InputStream unpacked) throws IOException {
    this.file = file;
    this.bytes = bytes;
    this.size = Files.size(file);
    this.lines = new LineReader(unpacked, MOST_LINE_BYTES);
  }

  static JsonLines open(Path file) throws IOException {
    Counting bytes = new Counting(Files.newInputStream(file));
    try {
      boolean packed = file.getFileName().toString().endsWith(".gz");
      return new JsonLines(file, bytes, packed ? unpacked(bytes) : bytes);
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private static InputStream unpacked(InputStream bytes) throws IOException {
    try {
      return new GZIPInputStream(bytes, BUFFER_BYTES);
    } catch (EOFException | ZipException e) {
      return new Broken(e);
    }
  }

  /**
   * The next line that is not blank, made into something, or null after the last.
   *
   * @throws IllegalArgumentException naming file and line, if that cannot be; the next call goes on
   *     with the line behind it
   */
  <T> @Nullable T next(Function<JsonNode, T> parse) throws IOException {
    try {
      for (String line = read(); line != null; line = read()) {
        if (!line.isBlank()) {
          return parse.apply(JSON.readTree(line));
        }
      }
      return null;
    } catch (CharacterCodingException e) {
      throw malformed("not UTF-8", e);
    } catch (EOFException | ZipException e) {
      // Nothing behind it can be unpacked.
      damaged = true;
      throw malformed("packed bytes are cut off, damaged or none", e);
    } catch (JsonProcessingException e) {
      throw malformed(e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw unreadable(e);
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()), e);
    }
  }

  /** Streams do not say of what file they are: of a directory, say, nothing is told before. */
  private IOException unreadable(IOException cause) {
    IOException named = new FileSystemException(file.toString(), null, cause.getMessage());
    named.initCause(cause);
    return named;
  }

  private @Nullable String read() throws IOException {
    return damaged ? null : lines.next();
  }

  /** Where the last line stands. */
  long number() {
    return lines.number();
  }

  /** How much of the file, as it lies on disk, is read. */
  double share() {
    return size == 0 ? 1 : Math.min(1, (double) bytes.count / size);
  }

  /** A complaint about the last line. */
  IllegalArgumentException malformed(String reason, @Nullable Exception cause) {
    String message =
        Problem.of("malformed line").with("file", file).with("line", lines.number()).message();
    return new IllegalArgumentException(message + "; " + reason, cause);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /** What cannot be unpacked is told as all damage is, once the first line is asked for. */
  private static final class Broken extends InputStream {
    private final IOException reason;

    Broken(IOException reason) {
      this.reason = reason;
    }

    @Override
    public int read() throws IOException {
      throw reason;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      throw reason;
    }
  }

  /** Counts what is read, packed as it is. */
  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      count += Math.max(n, 0);
      return n;
    }
  }
}
