package dev.tidemark.tools.words;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.commit.Withheld;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.tools.output.Escape;
import dev.tidemark.tools.output.ValueJson;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the log, or what some have come to, as a line for people or an object for
 * programs.
 *
 * @param first the first log position that it is of
 * @param position the last one
 * @param id who made it; null if it was folded
 * @param operation the operation
 */
public record OperationWords(
    long first, long position, @Nullable OperationId id, Operation operation) {
  /** The line: tabs between its columns. */
  public String line() {
    return String.join(
        "\t",
        first == position ? Long.toString(position) : first + "-" + position,
        id == null ? "folded" : id.dot().toString(),
        id == null ? "-" : time(id.stamp()),
        strategy().id(),
        Escape.quoted(operation.key()),
        what());
  }

  private String what() {
    Withheld withheld = operation.withheld();
    if (withheld == null) {
      return EffectWords.of(strategy(), effects());
    }
    return withheld.isLost() ? "lost" : "withheld";
  }

  /** The object. */
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("position", position);
    if (id == null) {
      json.writeNumberField("foldedFrom", first);
    } else {
      writeDot(json, id.dot());
      json.writeStringField("time", time(id.stamp()));
    }
    json.writeStringField("strategy", strategy().id());
    json.writeFieldName("key");
    ValueJson.write(json, operation.key());
    Withheld withheld = operation.withheld();
    if (withheld != null) {
      json.writeBooleanField(withheld.isLost() ? "lost" : "withheld", true);
    } else {
      json.writeArrayFieldStart("effects");
      for (Effect effect : effects()) {
        write(json, effect);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  static void write(JsonGenerator json, Effect effect) throws IOException {
    json.writeStartObject();
    json.writeStringField("verb", effect.verb());
    Bytes item = effect.item();
    if (item != null) {
      json.writeFieldName("item");
      ValueJson.write(json, item);
    }
    Value value = effect.value();
    if (value != null) {
      json.writeFieldName("value");
      ValueJson.write(json, value);
    }
    if (!effect.overrides().isEmpty()) {
      json.writeArrayFieldStart("overrides");
      for (Dot dot : effect.overrides()) {
        json.writeStartObject();
        writeDot(json, dot);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** The fields of an operation's place: whose it is, and where in its log. */
  public static void writeDot(JsonGenerator json, Dot dot) throws IOException {
    json.writeStringField("origin", ReplicaId.format(dot.replica()));
    json.writeNumberField("sequence", dot.sequence());
  }

  private Strategy strategy() {
    return operation.namespace().strategy();
  }

  private List<Effect> effects() {
    return strategy().lattice().effects(operation.delta());
  }

  /** A vector: how many operations, by replica. */
  public static void writeVector(JsonGenerator json, String name, VersionVector vector)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (int i = 0; i < vector.size(); i++) {
      json.writeNumberField(ReplicaId.format(vector.replicaAt(i)), vector.sequenceAt(i));
    }
    json.writeEndObject();
  }

  /** Wall time and counter: {@code 2026-01-02T03:04:05.678Z+0}. */
  public static String time(long stamp) {
    return String.format(
        Locale.ROOT,
        "%s+%d",
        Instant.ofEpochMilli(HybridTimestamp.wallMillis(stamp)),
        HybridTimestamp.counter(stamp));
  }
}
