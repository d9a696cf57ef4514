package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks a served store, and for its status. */
public final class StatusClient {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build();

  private StatusClient() {}

  /**
   * The status of the store that is served under a URL.
   *
   * @throws StoreUnusableException if nobody answers, or not as a store does
   */
  public static JsonNode get(URI url, @Nullable String token) {
    JsonNode body = ask(url, "/status", token, null);
    if (body.path("peers").isArray()) {
      return body;
    }
    throw unusable(url, "the answer is no status", null);
  }

  /**
   * What a store answers.
   *
   * @param body what is posted; null to get
   * @throws StoreUnusableException if nobody answers, or the answer is a refusal
   */
  static JsonNode ask(URI url, String path, @Nullable String token, @Nullable String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).timeout(PATIENCE);
    if (body != null) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    try {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonNode read = JSON.readTree(answer.body());
      if (answer.statusCode() == OK) {
        return read;
      }
      String reason = answer.statusCode() + " " + read.path("title").asText();
      String advice = read.path("advice").asText();
      throw unusable(url, advice.isEmpty() ? reason : reason + ": " + advice, null);
    } catch (JsonProcessingException e) {
      throw unusable(url, "the answer is not JSON", e);
    } catch (IOException e) {
      throw unusable(url, e.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unusable(url, "interrupted", e);
    }
  }

  static StoreUnusableException unusable(URI url, String reason, @Nullable Exception cause) {
    return new StoreUnusableException(
        Problem.of("store does not answer")
            .with("url", url)
            .with("reason", reason)
            .advise("check the URL, and that it is served"),
        cause);
  }

  /** Writes a part of it. */
  public static void write(JsonGenerator json, JsonNode part) throws IOException {
    JSON.writeTree(json, part);
  }
}
