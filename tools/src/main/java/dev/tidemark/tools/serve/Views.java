package dev.tidemark.tools.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemark.error.Problem;
import java.io.IOException;

/** Records that go over HTTP as they are printed; what is null is left out. */
final class Views {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Views() {}

  /** What is wrong, without what the parser says of itself. */
  static String reason(JsonProcessingException wrong) {
    if (wrong instanceof UnrecognizedPropertyException unknown) {
      return "there is no field " + unknown.getPropertyName();
    }
    if (wrong instanceof JsonMappingException typed && !typed.getPath().isEmpty()) {
      return "field " + typed.getPath().get(0).getFieldName() + " is of another type";
    }
    JsonLocation at = wrong.getLocation();
    String said = wrong instanceof StreamReadException ? syntax(wrong) : "it has another form";
    return at == null
        ? said
        : said + ", at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  private static String syntax(JsonProcessingException wrong) {
    String said = wrong.getOriginalMessage();
    int source = said.indexOf(" (start marker at");
    return source < 0 ? said : said.substring(0, source);
  }

  /**
   * A record from the body of a request.
   *
   * @param otherwise the title of the error if it is none
   * @param example one that is
   */
  static <T> T read(byte[] body, Class<T> type, String otherwise, String example)
      throws IOException {
    try {
      T read = JSON.readValue(body, type);
      if (read != null) {
        return read;
      }
    } catch (JsonProcessingException e) {
      throw Problem.of(otherwise)
          .with("reason", reason(e))
          .advise("send " + example)
          .illegalArgument();
    }
    throw Problem.of(otherwise).advise("send " + example).illegalArgument();
  }
}
