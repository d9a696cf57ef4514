package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.tools.words.RingView;
import java.io.IOException;

/** Rings as JSON. */
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
}
