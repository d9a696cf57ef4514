package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.tools.words.RingChange;
import dev.tidemark.tools.words.RingView;
import java.io.IOException;

/** Rings and their changes as JSON. */
public final class RingJson {
  private RingJson() {}

  /** Writes what is printed of a ring. */
  public static void write(JsonGenerator json, RingView ring) throws IOException {
    Views.JSON.writeValue(json, ring);
  }

  /** The ring in short, as a field of an object; none if there is no ring. */
  public static void writeField(JsonGenerator json, RingView ring) throws IOException {
    if (ring.epoch() > 0) {
      json.writeFieldName("ring");
      write(json, ring);
    }
  }

  static RingView view(JsonNode ring) throws JsonProcessingException {
    return Views.JSON.treeToValue(ring, RingView.class);
  }

  static String text(RingChange change) {
    return Answer.text(json -> Views.JSON.writeValue(json, change));
  }

  static RingChange change(byte[] body) throws IOException {
    return Views.read(
        body, RingChange.class, "body is no change of a ring", "{\"op\":\"join\",\"name\":\"d\"}");
  }
}
