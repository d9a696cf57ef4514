package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.error.CounterRangeException;
import dev.tidemark.error.Explained;
import dev.tidemark.error.LoadLimitException;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.consistency.LevelTimeoutException;
import java.io.IOException;
import org.eclipse.jetty.http.HttpStatus;

/**
 * A request that is answered with an error: {@code {"title":..,"fields":{..},"advice":..}}, and
 * where a level was not reached in time, {@code position} and {@code reached}; of a key that the
 * store does not take updates of, its {@code owners}.
 */
final class HttpFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Problem problem;

  HttpFailure(int status, Problem problem) {
    super(problem.message());
    this.status = status;
    this.problem = problem;
  }

  int status() {
    return status;
  }

  /** Tells whose fault it is: of the caller, of the world, or of this program. */
  static int status(Throwable thrown) {
    if (thrown instanceof HttpFailure failure) {
      return failure.status();
    } else if (thrown instanceof IllegalArgumentException
        || thrown instanceof CounterRangeException) {
      return HttpStatus.BAD_REQUEST_400;
    } else if (thrown instanceof LevelTimeoutException) {
      return HttpStatus.GATEWAY_TIMEOUT_504;
    } else if (thrown instanceof LoadLimitException) {
      return HttpStatus.UNPROCESSABLE_ENTITY_422;
    } else if (thrown instanceof OutsideInterestException) {
      return HttpStatus.MISDIRECTED_REQUEST_421;
    } else if (thrown instanceof TidemarkException || thrown instanceof IllegalStateException) {
      return HttpStatus.SERVICE_UNAVAILABLE_503;
    }
    return HttpStatus.INTERNAL_SERVER_ERROR_500;
  }

  static void write(JsonGenerator json, Throwable thrown) throws IOException {
    Problem problem = problem(thrown);
    json.writeStartObject();
    json.writeStringField("title", problem.title());
    json.writeObjectFieldStart("fields");
    for (var field : problem.fields().entrySet()) {
      json.writeStringField(field.getKey(), field.getValue());
    }
    json.writeEndObject();
    if (!problem.advice().isEmpty()) {
      json.writeStringField("advice", problem.advice());
    }
    if (thrown instanceof LevelTimeoutException timeout) {
      if (timeout.position() > 0) {
        json.writeNumberField("position", timeout.position());
      }
      StatusJson.writeReached(json, timeout.progress());
    }
    if (thrown instanceof OutsideInterestException outside) {
      json.writeArrayFieldStart("owners");
      for (String owner : outside.owners()) {
        json.writeString(owner);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static Problem problem(Throwable thrown) {
    if (thrown instanceof HttpFailure failure) {
      return failure.problem;
    } else if (thrown instanceof Explained explained) {
      return explained.problem();
    }
    return Problem.of("unexpected failure")
        .with("kind", thrown.getClass().getSimpleName())
        .with("message", String.valueOf(thrown.getMessage()));
  }
}
