package dev.tidemark.replication.transport;

import dev.tidemark.replication.session.Link;
import dev.tidemark.replication.session.Peer;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Keeps a session with the peer at one address: dials, and dials again when it has ended. */
public final class Dialer implements AutoCloseable {
  private final InetSocketAddress address;
  private final Security security;
  private final Sessions sessions;
  private final LongPredicate connected;
  private final ScheduledExecutorService timer;
  private final ManagedChannel channel;
  private final Backoff backoff;
  private volatile long peer;
  private volatile @Nullable Session current;
  private @Nullable ClientCall<byte[], byte[]> previous;
  private boolean closed;
  private volatile @Nullable Reason last;

  /**
   * A dialer that does not dial yet.
   *
   * @param connected whether there is a session with a replica
   * @param timer waits between two tries
   */
  public Dialer(
      InetSocketAddress address,
      Security security,
      Sessions sessions,
      LongPredicate connected,
      ScheduledExecutorService timer,
      Duration firstWait,
      Duration longestWait)
      throws IOException {
    this.address = address;
    this.security = security;
    this.sessions = sessions;
    this.connected = connected;
    this.timer = timer;
    this.backoff = new Backoff(firstWait, longestWait);
    this.channel =
        NettyChannelBuilder.forAddress(
                address.getHostString(), address.getPort(), security.client())
            .directExecutor()
            .maxInboundMessageSize(Transport.MESSAGE_BYTES)
            .maxInboundMetadataSize(Transport.METADATA_BYTES)
            .flowControlWindow(Transport.WINDOW_BYTES)
            .keepAliveTime(Transport.KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(Transport.KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .disableRetry()
            .build();
  }

  /** Dials now. */
  public void dial() {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    if (peer != 0 && connected.test(peer)) {
      // The peer has dialled us.
      dialLater();
      return;
    }
    channel.resetConnectBackoff();
    if (previous != null) {
      // It has ended here; a peer that does not end it must not keep it.
      previous.cancel("over", null);
    }
    ClientCall<byte[], byte[]> call = channel.newCall(Method.EXCHANGE, CallOptions.DEFAULT);
    previous = call;
    ClientLink link = new ClientLink(call, address);
    try {
      Session session = sessions.over(link, true, this::ended);
      current = session;
      // Nothing comes before it is asked for, and nothing is sent before the call has begun.
      call.start(new Callbacks(session, link), Method.headers(security.token()));
      session.start();
    } catch (SessionEndedException e) {
      link.close(e.reason().name());
      last = e.reason();
      dialLater();
    } catch (IllegalStateException storeClosed) {
      link.close(Reason.LOCAL_FAILURE.name());
      last = Reason.LOCAL_FAILURE;
    }
  }

  private void ended(Session session) {
    SessionEndedException why = session.ended();
    Peer with = session.peer();
    last = why == null ? null : why.reason();
    if (with != null) {
      peer = with.replicaId();
      if (last == Reason.LOST || last == Reason.LEAVING) {
        backoff.reset();
      }
    }
    if (why == null || why.reason().isRetried()) {
      dialLater();
    }
  }

  private void dialLater() {
    try {
      var unused = timer.schedule(this::dial, backoff.next(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      // Nobody is dialled any more.
    }
  }

  /** Why the last session with it ended; null if none did. */
  public @Nullable Reason last() {
    return last;
  }

  /** The replica that was last met at the address; 0 if none was. */
  public long peer() {
    Session session = current;
    Peer with = session == null ? null : session.peer();
    return with == null ? peer : with.replicaId();
  }

  /** The address that is dialled. */
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    // First what was sent last, which says why, should arrive.
    channel.shutdown();
    boolean interrupted = false;
    boolean patient = true;
    while (!channel.isTerminated()) {
      try {
        if (!channel.awaitTermination(Transport.LEAVING_SECONDS, TimeUnit.SECONDS) && patient) {
          patient = false;
          channel.shutdownNow();
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Callbacks extends ClientCall.Listener<byte[]> {
    private final Link.Receiver receiver;
    private final ClientLink link;

    Callbacks(Link.Receiver receiver, ClientLink link) {
      this.receiver = receiver;
      this.link = link;
    }

    @Override
    public void onMessage(byte[] frame) {
      receiver.onFrame(frame);
    }

    @Override
    public void onReady() {
      receiver.onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      link.over();
      receiver.onClosed(status.getCode() + " " + status.getDescription());
    }
  }

  private static final class ClientLink implements Link {
    private final ClientCall<byte[], byte[]> call;
    private final InetSocketAddress address;
    private boolean closed;

    ClientLink(ClientCall<byte[], byte[]> call, InetSocketAddress address) {
      this.call = call;
      this.address = address;
    }

    synchronized void over() {
      closed = true;
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public synchronized void send(byte[] frame) {
      if (!closed) {
        call.sendMessage(frame);
      }
    }

    @Override
    public synchronized void request(int frames) {
      if (!closed) {
        call.request(frames);
      }
    }

    @Override
    public synchronized void close(String detail) {
      if (!closed) {
        closed = true;
        call.halfClose();
        // The peer closes when it has read what was sent; this end waits for nothing more.
        call.request(1);
      }
    }

    @Override
    public Set<String> certifiedNames() {
      return Certificates.names(call.getAttributes());
    }

    @Override
    public String address() {
      return address.toString();
    }
  }
}
