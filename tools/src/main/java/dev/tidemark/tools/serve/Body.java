package dev.tidemark.tools.serve;

import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.Problem;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;

/** The body of a request as it comes in. No thread waits for it: it goes on when there is more. */
final class Body implements Runnable {
  /** A value as long as may be, in JSON, with some of its characters escaped. */
  static final int MOST_BYTES = 4 * Limits.MAX_VALUE_BYTES;

  private final Request request;
  private final Consumer<byte[]> whole;
  private final Consumer<HttpFailure> failed;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();

  private Body(Request request, Consumer<byte[]> whole, Consumer<HttpFailure> failed) {
    this.request = request;
    this.whole = whole;
    this.failed = failed;
  }

  /** Calls one of the two, now or when the body is here. */
  static void read(Request request, Consumer<byte[]> whole, Consumer<HttpFailure> failed) {
    if (request.getLength() > MOST_BYTES) {
      failed.accept(tooLarge());
    } else {
      new Body(request, whole, failed).run();
    }
  }

  @Override
  public void run() {
    for (Content.Chunk chunk = request.read(); chunk != null; chunk = request.read()) {
      if (Content.Chunk.isFailure(chunk)) {
        failed.accept(cutOff(chunk.getFailure()));
        return;
      }
      read.writeBytes(BufferUtil.toArray(chunk.getByteBuffer()));
      chunk.release();
      if (read.size() > MOST_BYTES) {
        failed.accept(tooLarge());
        return;
      }
      if (chunk.isLast()) {
        whole.accept(read.toByteArray());
        return;
      }
    }
    request.demand(this);
  }

  private static HttpFailure tooLarge() {
    return new HttpFailure(
        HttpStatus.PAYLOAD_TOO_LARGE_413,
        Problem.of("body is too large").with("mostBytes", MOST_BYTES));
  }

  /** Never ours: who sends it stops, or sends what is none. */
  private static HttpFailure cutOff(Throwable cause) {
    int status = HttpStatus.BAD_REQUEST_400;
    if (cause instanceof HttpException known) {
      status = known.getCode();
    } else if (cause instanceof TimeoutException) {
      status = HttpStatus.REQUEST_TIMEOUT_408;
    }
    return new HttpFailure(
        status,
        Problem.of("body did not come in whole")
            .with("reason", String.valueOf(cause.getMessage())));
  }
}
