package dev.tidemark.tools.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
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
          .with("reason", e.getOriginalMessage())
          .advise("send " + example)
          .illegalArgument();
    }
    throw Problem.of(otherwise).advise("send " + example).illegalArgument();
  }
}
