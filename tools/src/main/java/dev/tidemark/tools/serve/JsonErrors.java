package dev.tidemark.tools.serve;

import dev.tidemark.error.Problem;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the server itself refuses, before any code of ours is asked, in the form of our errors. */
final class JsonErrors extends ErrorHandler {
  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    HttpFailure failure =
        new HttpFailure(
            code,
            Problem.of("request cannot be handled")
                .with("status", code)
                .with("reason", reason(code, message, cause))
                .advise("percent-encode the URL as UTF-8, and check the headers"));
    Answer.failure(response, failure, callback);
  }

  private static String reason(int code, @Nullable String message, @Nullable Throwable cause) {
    String why = cause instanceof HttpException known ? known.getReason() : null;
    String said = why == null ? message : why;
    return said == null ? HttpStatus.getMessage(code) : said;
  }
}
