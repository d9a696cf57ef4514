package dev.tidemark.replication.transport;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.session.Link;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one address, made anew for each session; one session at a time. What gRPC makes
 * of an address that was in vain is not kept: it would answer the next call with that, and go on
 * dialling by itself.
 */
public final class ClientChannel implements AutoCloseable {
  private final InetSocketAddress address;
  private final Credentials credentials;
  private ManagedChannel channel;
  private @Nullable Try last;
  private boolean closed;

  /** A connection and its only call. */
  private record Try(ManagedChannel channel, ClientCall<byte[], byte[]> call) {
    /** What came and was not asked for is held by the call, also when the connection is gone. */
    void end() {
      call.cancel("over", null);
      channel.shutdownNow();
    }
  }

  /**
   * A channel that is not connected yet.
   *
   * @throws IllegalArgumentException if there can be no such host
   */
  public ClientChannel(InetSocketAddress address, Credentials credentials) {
    this.address = address;
    this.credentials = credentials;
    this.channel = open();
  }

  private ManagedChannel open() {
    return NettyChannelBuilder.forAddress(
            address.getHostString(), address.getPort(), credentials.client())
        .directExecutor()
        .maxInboundMessageSize(Transport.MESSAGE_BYTES)
        .maxInboundMetadataSize(Transport.METADATA_BYTES)
        .flowControlWindow(Transport.WINDOW_BYTES)
        .keepAliveTime(Transport.KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(Transport.KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .decompressorRegistry(Transport.UNCOMPRESSED)
        .disableRetry()
        .build();
  }

  /** A new one; that before is over here, and a peer must not keep it. */
  private synchronized Try fresh() {
    if (closed) {
      throw new SessionEndedException(Reason.LEAVING, Problem.of("replicator is closed"));
    }
    if (last != null) {
      last.end();
      channel = open();
    }
    last = new Try(channel, channel.newCall(Method.EXCHANGE, CallOptions.DEFAULT));
    return last;
  }

  /**
   * Begins a session.
   *
   * @param atEnd is told once when it has ended
   * @throws SessionEndedException if none may begin now
   * @throws IllegalStateException if the store is closed
   */
  public Session dial(Sessions sessions, Consumer<Session> atEnd) {
    Try fresh = fresh();
    ClientLink link = new ClientLink(fresh.call, address, credentials);
    boolean begun = false;
    String why = Reason.LOCAL_FAILURE.name();
    try {
      Session session = sessions.over(link, true, atEnd);
      // Nothing comes before it is asked for, and nothing is sent before the call has begun.
      fresh.call.start(
          new Callbacks(session, link, fresh.channel), Method.headers(credentials.token()));
      session.start();
      begun = true;
      return session;
    } catch (SessionEndedException e) {
      why = e.reason().name();
      throw e;
    } finally {
      if (!begun) {
        link.close(why);
      }
    }
  }

  @Override
  public void close() {
    ManagedChannel open;
    Try over;
    synchronized (this) {
      closed = true;
      open = channel;
      over = last;
    }
    // First what was sent last, which says why, should arrive.
    open.shutdown();
    boolean interrupted = false;
    boolean patient = true;
    while (!open.isTerminated()) {
      try {
        if (!open.awaitTermination(Transport.LEAVING_SECONDS, TimeUnit.SECONDS) && patient) {
          patient = false;
          open.shutdownNow();
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (over != null) {
      over.end();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static final class Callbacks extends ClientCall.Listener<byte[]> {
    private final Session session;
    private final ClientLink link;
    private final ManagedChannel channel;

    Callbacks(Session session, ClientLink link, ManagedChannel channel) {
      this.session = session;
      this.link = link;
      this.channel = channel;
    }

    @Override
    public void onMessage(byte[] frame) {
      session.onFrame(frame);
    }

    @Override
    public void onReady() {
      session.onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      link.over();
      channel.shutdown();
      Problem problem =
          Problem.of("connection is gone")
              .with("detail", Frames.text(status.getCode() + " " + status.getDescription()));
      Throwable cause = root(status.getCause());
      if (cause != null) {
        problem.with("cause", Frames.text(String.valueOf(cause.getMessage())));
      }
      if (status.getCode() == Status.Code.UNAUTHENTICATED) {
        session.end(new SessionEndedException(Reason.BAD_TOKEN, problem));
      } else if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
        session.end(new SessionEndedException(Reason.LOST, problem, cause));
      } else if (cause != null) {
        session.end(new SessionEndedException(Reason.LOST, problem));
      }
      session.onClosed(status.getCode() + " " + status.getDescription());
    }

    private static @Nullable Throwable root(@Nullable Throwable failure) {
      Throwable root = failure;
      while (root != null && root.getCause() != null) {
        root = root.getCause();
      }
      return root;
    }
  }

  private static final class ClientLink implements Link {
    private final ClientCall<byte[], byte[]> call;
    private final InetSocketAddress address;
    private final Credentials credentials;
    private boolean closed;

    ClientLink(
        ClientCall<byte[], byte[]> call, InetSocketAddress address, Credentials credentials) {
      this.call = call;
      this.address = address;
      this.credentials = credentials;
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
    public boolean isTrusted() {
      return credentials.trusts(Certificates.chain(call.getAttributes()), true);
    }

    @Override
    public String address() {
      return address.toString();
    }
  }
}
