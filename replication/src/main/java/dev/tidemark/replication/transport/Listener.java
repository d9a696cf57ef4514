package dev.tidemark.replication.transport;

import dev.tidemark.replication.session.Link;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Listens for peers; each call becomes a session. */
public final class Listener implements AutoCloseable {
  private static final int UNGREETED_SHARE = 4;

  private final Credentials credentials;
  private final Sessions sessions;
  private final Refusals refused;
  private final Door door;
  private final Ungreeted ungreeted;
  private final Server server;

  /**
   * Begins to listen.
   *
   * @param mostSessions how many sessions there may be: of one address as many connections, of all
   *     together twice as many, and of one address a quarter of them whose peer is not known yet
   * @param patience how long to wait for a connection to be made, and for a call on one
   * @param refused is told of connections and calls that do not become a session
   */
  public Listener(
      InetSocketAddress address,
      Credentials credentials,
      int mostSessions,
      Duration patience,
      Sessions sessions,
      Refusals refused)
      throws IOException {
    this.credentials = credentials;
    this.sessions = sessions;
    this.refused = refused;
    this.door = new Door(2 * mostSessions, mostSessions, patience, refused);
    this.ungreeted = new Ungreeted(Math.max(1, mostSessions / UNGREETED_SHARE));
    boolean listening = false;
    try {
      this.server = listen(address, patience.toMillis());
      listening = true;
    } catch (IOException e) {
      throw ListenFailure.of(address, e);
    } finally {
      if (!listening) {
        door.close();
      }
    }
  }

  private Server listen(InetSocketAddress address, long patienceMillis) throws IOException {
    return NettyServerBuilder.forAddress(address, credentials.server())
        .bossEventLoopGroup(door.accepting())
        .workerEventLoopGroup(door.serving())
        .channelFactory(door.sockets())
        // Callbacks only hand over; nothing of ours waits in one of Netty's threads.
        .directExecutor()
        .maxInboundMessageSize(Transport.MESSAGE_BYTES)
        .maxInboundMetadataSize(Transport.METADATA_BYTES)
        .flowControlWindow(Transport.WINDOW_BYTES)
        .maxConcurrentCallsPerConnection(Transport.CALLS_PER_CONNECTION)
        // Whoever has called, and does not again.
        .maxConnectionIdle(patienceMillis, TimeUnit.MILLISECONDS)
        .keepAliveTime(Transport.KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(Transport.KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(Transport.KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
        .decompressorRegistry(Transport.UNCOMPRESSED)
        .maxRstFramesPerWindow(Transport.RESETS, Transport.RESETS_SECONDS)
        .addService(
            ServerServiceDefinition.builder(Method.SERVICE)
                .addMethod(Method.EXCHANGE, new Handler())
                .build())
        .build()
        .start();
  }

  /** The port that is listened on. */
  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    // First what was sent last, which says why, should arrive.
    server.shutdown();
    boolean interrupted = false;
    boolean patient = true;
    while (!server.isTerminated()) {
      try {
        if (!server.awaitTermination(Transport.LEAVING_SECONDS, TimeUnit.SECONDS) && patient) {
          patient = false;
          server.shutdownNow();
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    door.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Handler implements ServerCallHandler<byte[], byte[]> {
    @Override
    public ServerCall.Listener<byte[]> startCall(
        ServerCall<byte[], byte[]> call, Metadata headers) {
      SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      door.called(remote);
      if (!Method.carries(headers, credentials.token())) {
        return refuse(call, Status.UNAUTHENTICATED, Reason.BAD_TOKEN);
      }
      try {
        ServerLink link = new ServerLink(call, credentials, door);
        Session session = ungreeted.begin(remote, () -> begin(call, link));
        return session == null
            ? refuse(call, Status.UNAVAILABLE, Reason.TOO_MANY_SESSIONS)
            : new Callbacks(session, link);
      } catch (SessionEndedException e) {
        return refuse(call, Status.UNAVAILABLE, e.reason());
      } catch (IllegalStateException storeClosed) {
        return refuse(call, Status.UNAVAILABLE, Reason.LOCAL_FAILURE);
      }
    }

    private Session begin(ServerCall<byte[], byte[]> call, ServerLink link) {
      call.sendHeaders(new Metadata());
      Session session = sessions.over(link, false, ended -> {});
      session.start();
      return session;
    }

    private ServerCall.Listener<byte[]> refuse(
        ServerCall<byte[], byte[]> call, Status status, Reason reason) {
      refused.refused(reason, call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
      call.close(status.withDescription(reason.name()), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }

  private static final class Callbacks extends ServerCall.Listener<byte[]> {
    private final Link.Receiver receiver;
    private final ServerLink link;

    Callbacks(Link.Receiver receiver, ServerLink link) {
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
    public void onHalfClose() {
      receiver.onClosed("peer has closed");
    }

    @Override
    public void onCancel() {
      link.over();
      receiver.onClosed("call was cancelled");
    }

    @Override
    public void onComplete() {
      link.over();
      receiver.onClosed("call is over");
    }
  }

  private static final class ServerLink implements Link {
    private final ServerCall<byte[], byte[]> call;
    private final Credentials credentials;
    private final Door door;
    private boolean closed;
    private volatile boolean over;

    ServerLink(ServerCall<byte[], byte[]> call, Credentials credentials, Door door) {
      this.call = call;
      this.credentials = credentials;
      this.door = door;
    }

    void over() {
      over = true;
    }

    private @Nullable SocketAddress remote() {
      return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public synchronized void send(byte[] frame) {
      if (!closed && !call.isCancelled()) {
        call.sendMessage(frame);
      }
    }

    @Override
    public synchronized void request(int frames) {
      call.request(frames);
    }

    @Override
    public synchronized void close(String detail) {
      if (!closed) {
        closed = true;
        call.close(Status.OK, new Metadata());
        door.leaving(remote(), () -> over);
      }
    }

    @Override
    public Set<String> certifiedNames() {
      return Certificates.names(call.getAttributes());
    }

    @Override
    public boolean isTrusted() {
      return credentials.trusts(Certificates.chain(call.getAttributes()), false);
    }

    @Override
    public String address() {
      return String.valueOf((@Nullable Object) remote());
    }
  }
}
