package dev.tidemark.tools.demo;

import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A file of lines whose columns are parted by tabs; knows where it is when something is wrong. */
final class Lines implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final String file;
  private final BufferedReader in;
  private String[] columns = {};
  private int line;

  Lines(String file, InputStream in) throws IOException {
    this.file = file;
    InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(in, BUFFER_BYTES) : in;
    this.in = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
  }

  /** Goes to the next line; false at the end. */
  boolean next() throws IOException {
    String text = in.readLine();
    if (text == null) {
      return false;
    }
    line++;
    columns = text.split("\t", -1);
    return true;
  }

  String text(int column) {
    if (column >= columns.length) {
      throw malformed("line has too few columns", null);
    }
    return columns[column];
  }

  int number(int column) {
    return number(text(column));
  }

  int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw malformed("text is not a number", e);
    }
  }

  MalformedException malformed(String title, @Nullable Throwable cause) {
    return new MalformedException(
        Problem.of(title)
            .with("file", file)
            .with("line", line)
            .with("text", String.join(" ", columns))
            .advise("build the command again"),
        cause);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
