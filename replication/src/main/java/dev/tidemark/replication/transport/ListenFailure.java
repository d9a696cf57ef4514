package dev.tidemark.replication.transport;

import dev.tidemark.error.Problem;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;

/** An address that cannot be listened on, said so that it is known which. */
public final class ListenFailure {
  private ListenFailure() {}

  /** What is thrown where a server could not be started. */
  public static BindException of(InetSocketAddress address, IOException failure) {
    Throwable first = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      first = cause;
    }
    Problem problem =
        Problem.of("address cannot be listened on")
            .with("address", address.getHostString() + ":" + address.getPort())
            .with("reason", String.valueOf(first.getMessage()))
            .advise("give another, or end what listens there");
    BindException named = new BindException(problem.message());
    named.initCause(failure);
    return named;
  }
}
