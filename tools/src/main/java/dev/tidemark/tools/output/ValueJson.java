package dev.tidemark.tools.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HexFormat;

/**
 * A key's value as JSON, in the form of the conformance files. Bytes are strings; bytes that are
 * not UTF-8 are {@code {"hex":"00ff"}}, and as the name of a field {@code hex:00ff}.
 */
public final class ValueJson {
  private static final ObjectMapper TREES = new ObjectMapper();

  private ValueJson() {}

  /** Writes a value. */
  public static void write(JsonGenerator json, Value value) throws IOException {
    if (value instanceof Value.Register register) {
      Bytes bytes = register.value();
      if (bytes == null) {
        json.writeNull();
      } else {
        write(json, bytes);
      }
    } else if (value instanceof Value.Large large) {
      write(json, large.value());
    } else if (value instanceof Value.Epoch epoch) {
      write(json, epoch);
    } else if (value instanceof Value.Counter counter) {
      json.writeNumber(counter.sum());
    } else if (value instanceof Value.Elements elements) {
      write(json, elements.elements());
    } else if (value instanceof Value.Flag flag) {
      json.writeBoolean(flag.enabled());
    } else if (value instanceof Value.Fields fields) {
      write(json, fields);
    } else if (value instanceof Value.Events events) {
      write(json, events.events());
    }
  }

  /** Writes bytes. */
  public static void write(JsonGenerator json, Bytes bytes) throws IOException {
    if (bytes.isUtf8()) {
      json.writeString(bytes.toUtf8());
    } else {
      json.writeStartObject();
      json.writeStringField("hex", hex(bytes));
      json.writeEndObject();
    }
  }

  /** The value as a tree, to be compared with one that was read. */
  public static JsonNode tree(Value value) {
    try (TokenBuffer buffer = new TokenBuffer(TREES, false)) {
      write(buffer, value);
      try (JsonParser tokens = buffer.asParser()) {
        return TREES.readTree(tokens);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes what names a large value, and no byte of it. */
  public static void write(JsonGenerator json, LargeValue large) throws IOException {
    json.writeStartObject();
    json.writeNumberField("length", large.length());
    json.writeStringField("sha256", hex(large.root()));
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Value.Epoch epoch) throws IOException {
    Value.EpochCount point = epoch.point();
    if (point == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeFieldName("epoch");
    json.writeNumber(new BigInteger(Long.toUnsignedString(point.epoch())));
    json.writeFieldName("count");
    json.writeNumber(BigInteger.valueOf(point.count()));
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Collection<Bytes> items) throws IOException {
    json.writeStartArray();
    for (Bytes item : items) {
      write(json, item);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Value.Fields fields) throws IOException {
    json.writeStartObject();
    for (var field : fields.fields().entrySet()) {
      Bytes name = field.getKey();
      json.writeFieldName(name.isUtf8() ? name.toUtf8() : "hex:" + hex(name));
      write(json, field.getValue());
    }
    json.writeEndObject();
  }

  private static String hex(Bytes bytes) {
    return HexFormat.of().formatHex(bytes.array());
  }
}
