package dev.tidemark.tools.transport;

import dev.tidemark.Tidemark;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * How stores of one process take from each other. It remembers how far each has read the others'
 * logs. For any number of threads, one at a time for each pair of stores.
 */
public interface Transport extends AutoCloseable {
  /** Which one. */
  enum Kind {
    /** Within the process. */
    PROCESS(InProcess::new),
    /** Over gRPC and loopback, each store an endpoint of its own. */
    GRPC(OverGrpc::new);

    private final Supplier<Transport> maker;

    Kind(Supplier<Transport> maker) {
      this.maker = maker;
    }

    /** One to use and close. */
    public Transport open() {
      return maker.get();
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Takes all that a store has logged; gives how many commits, runs and states were new. */
  long pull(Tidemark from, Tidemark to);

  /** Takes a store's log up to and with its own operation of that sequence. */
  long pullUntil(Tidemark from, Tidemark to, long ownSequence);

  /** The bytes that a store took over a network; 0 within the process. */
  long receivedBytes(Tidemark to);

  /** A store is about to be closed: what is remembered of it is forgotten. */
  void leave(Tidemark store);

  @Override
  void close();
}
