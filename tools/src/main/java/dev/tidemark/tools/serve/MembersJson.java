package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.tools.words.MembersView;
import java.io.IOException;

/** Members as JSON. */
public final class MembersJson {
  private MembersJson() {}

  /** Writes what is printed of members. */
  public static void write(JsonGenerator json, MembersView members) throws IOException {
    Views.JSON.writeValue(json, members);
  }

  /** The same as fields of an object that is begun. */
  public static void writeFields(JsonGenerator json, MembersView members) throws IOException {
    for (var field : Views.JSON.valueToTree(members).properties()) {
      json.writeFieldName(field.getKey());
      Views.JSON.writeTree(json, field.getValue());
    }
  }

  /** For whom the store keeps what is dead, as a field of an object; none if for nobody. */
  public static void writeBlocker(JsonGenerator json, MembersView members) throws IOException {
    if (members.waitsFor() != null) {
      json.writeFieldName("waitsFor");
      Views.JSON.writeValue(json, members.waitsFor());
    }
  }
}
