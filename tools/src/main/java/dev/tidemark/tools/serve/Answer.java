package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.tools.output.JsonText;
import dev.tidemark.tools.output.Printer.JsonBody;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** How bodies are written. */
final class Answer {
  private static final String JSON_TYPE = "application/json";
  private static final JsonFactory JSON = JsonText.factory();

  private Answer() {}

  /** Writes one JSON value and a line end, of any length: whoever reads slowly is waited for. */
  static void json(Response response, JsonBody body) throws IOException {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, JSON_TYPE);
    try (Writer out =
        new BufferedWriter(
            new OutputStreamWriter(
                Content.Sink.asOutputStream(response), StandardCharsets.UTF_8))) {
      write(out, body);
      out.write('\n');
    }
  }

  /** Writes text of another type. */
  static void text(Response response, String type, String text) throws IOException {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    try (Writer out =
        new OutputStreamWriter(Content.Sink.asOutputStream(response), StandardCharsets.UTF_8)) {
      out.write(text);
    }
  }

  /** Answers with what went wrong. Nobody waits for it to be read. */
  static void failure(Response response, Throwable thrown, Callback callback) {
    String body = text(json -> HttpFailure.write(json, thrown));
    response.setStatus(HttpFailure.status(thrown));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, JSON_TYPE);
    response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
  }

  static String text(JsonBody body) {
    StringWriter text = new StringWriter();
    try {
      write(text, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  private static void write(Writer out, JsonBody body) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      body.writeTo(json);
    }
  }
}
