package dev.tidemark.tools.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.words.RingChange;
import dev.tidemark.tools.words.RingView;
import java.io.IOException;

/** Rings and their changes as JSON. */
public final class RingJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private RingJson() {}

  /** Writes what is printed of a ring. */
  public static void write(JsonGenerator json, RingView ring) throws IOException {
    JSON.writeValue(json, ring);
  }

  /** The ring in short, as a field of an object; none if there is no ring. */
  public static void writeField(JsonGenerator json, RingView ring) throws IOException {
    if (ring.epoch() > 0) {
      json.writeFieldName("ring");
      write(json, ring);
    }
  }

  static RingView view(JsonNode ring) throws JsonProcessingException {
    return JSON.treeToValue(ring, RingView.class);
  }

  static String text(RingChange change) {
    return Answer.text(json -> JSON.writeValue(json, change));
  }

  static RingChange change(byte[] body) throws IOException {
    try {
      RingChange read = JSON.readValue(body, RingChange.class);
      if (read != null) {
        return read;
      }
    } catch (JsonProcessingException e) {
      throw Problem.of("body is no change of a ring")
          .with("reason", e.getOriginalMessage())
          .advise("send {\"op\":\"join\",\"name\":\"d\"}")
          .illegalArgument();
    }
    throw Problem.of("body is no change of a ring").illegalArgument();
  }
}
