package dev.tidemark.tools.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Everything the command says goes through here: results to the output, remarks and progress to the
 * error stream. Nothing that could move a cursor passes, whoever wrote it. Not thread-safe.
 */
public final class Printer {
  private static final int BUFFER_CHARS = 64 * 1024;

  private final Writer out;
  private final PrintWriter err;
  private final boolean terminal;
  private final JsonFactory json = JsonText.factory();
  private boolean broken;

  /** A printer onto two streams; a terminal is shown progress and each line at once. */
  public Printer(OutputStream out, OutputStream err, boolean terminal) {
    this.out =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER_CHARS);
    this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
    this.terminal = terminal;
  }

  /** The printer of this process. System.out is passed by because it hides a closed pipe. */
  public static Printer ofProcess() {
    return new Printer(
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        Terminal.isAttached());
  }

  /** Prints a line. */
  public void line(String text) {
    write(Escape.line(text));
  }

  /** Prints a line put together like {@link String#format}, in the same way everywhere. */
  public void line(String format, Object... arguments) {
    line(String.format(Locale.ROOT, format, arguments));
  }

  /** Prints one JSON value as one line. */
  public void json(JsonBody body) {
    write("", body, false);
  }

  /** Prints a line that begins with text and ends with one JSON value. */
  public void json(String start, JsonBody body) {
    write(Escape.line(start), body, false);
  }

  /** Prints one JSON value over many indented lines. */
  public void prettyJson(JsonBody body) {
    write("", body, true);
  }

  /** Prints a remark or a failure to the error stream, even if the output has failed. */
  public void remark(String text) {
    if (!broken) {
      flush();
    }
    err.println(Escape.line(text));
  }

  /** Starts a progress line; silent unless a person watches. */
  public Progress progress(String noun) {
    return new Progress(err, terminal, noun, System::nanoTime);
  }

  /** Hands over what is still buffered. */
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** For help texts and stack traces, which others lay out. */
  public PrintWriter output() {
    return new PrintWriter(out);
  }

  /** The same for the error stream. */
  public PrintWriter errors() {
    return err;
  }

  private void write(String line) {
    try {
      out.write(line);
      endLine();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void write(String start, JsonBody body, boolean pretty) {
    try {
      out.write(start);
      try (JsonGenerator generator = json.createGenerator(out)) {
        generator.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
        if (pretty) {
          generator.setPrettyPrinter(new DefaultPrettyPrinter());
        }
        body.writeTo(generator);
      }
      endLine();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void endLine() throws IOException {
    out.write('\n');
    if (terminal) {
      out.flush();
    }
  }

  /** A reader that went away is not a failure; a full disk is. */
  private RuntimeException failed(IOException e) {
    broken = true;
    String why = String.valueOf(e.getMessage());
    if (why.contains("pipe") || why.contains("Bad file descriptor") || why.contains("closed")) {
      return new OutputClosedException(e);
    }
    return new StoreUnusableException(
        Problem.of("output cannot be written").with("reason", why).advise("free some space"), e);
  }

  /** Writes one JSON value. */
  @FunctionalInterface
  public interface JsonBody {
    /** Writes it, nothing before and nothing after. */
    void writeTo(JsonGenerator json) throws IOException;
  }
}
