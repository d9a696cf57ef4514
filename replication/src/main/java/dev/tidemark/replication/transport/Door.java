package dev.tidemark.replication.transport;

import dev.tidemark.replication.wire.Reason;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFactory;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where connections come in: a bounded number of them, and of those of one address. One too many is
 * closed before anything is read from it, and takes no more than its socket until then. One that
 * does not come to a call in time is closed too, however far it has come with TLS and HTTP/2, and
 * one that does not take what it was told last in a call.
 */
@Sharable
final class Door extends ChannelInboundHandlerAdapter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private final int most;
  private final int mostOfAddress;
  private final long patienceMillis;
  private final Refusals refused;
  private final EventLoopGroup accepting;
  private final EventLoopGroup serving;
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private final Map<SocketAddress, Channel> connections = new ConcurrentHashMap<>();
  private final Set<SocketAddress> silent = ConcurrentHashMap.newKeySet();
  private int total;

  /**
   * A door that nobody comes through yet.
   *
   * @param most how many connections there may be
   * @param mostOfAddress how many of them may be of one address
   * @param patience how long to wait for a call on one
   * @param refused is told of each that is one too many, and of each that ends without a call
   */
  Door(int most, int mostOfAddress, Duration patience, Refusals refused) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
    this.patienceMillis = patience.toMillis();
    this.refused = refused;
    this.accepting = new MultiThreadIoEventLoopGroup(1, threads("tidemark-accept"), handlers());
    this.serving = new MultiThreadIoEventLoopGroup(0, threads("tidemark-listener"), handlers());
  }

  private static ThreadFactory threads(String name) {
    return new DefaultThreadFactory(name, true);
  }

  private static IoHandlerFactory handlers() {
    return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
  }

  EventLoopGroup accepting() {
    return accepting;
  }

  EventLoopGroup serving() {
    return serving;
  }

  /** Sockets whose connections pass here first. */
  ChannelFactory<ServerChannel> sockets() {
    return () -> {
      ServerChannel socket =
          Epoll.isAvailable() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
      socket.pipeline().addLast(this);
      return socket;
    };
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    InetAddress from = address(connection.remoteAddress());
    if (enter(from)) {
      var unused = connection.closeFuture().addListener(closed -> leave(from));
      watch(connection);
      context.fireChannelRead(accepted);
    } else {
      connection.unsafe().closeForcibly();
      refused.refused(Reason.TOO_MANY_SESSIONS, connection.remoteAddress());
    }
  }

  private void watch(Channel connection) {
    SocketAddress remote = connection.remoteAddress();
    if (remote == null) {
      return;
    }
    connections.put(remote, connection);
    silent.add(remote);
    Future<?> end =
        accepting.schedule(
            () -> closeIfSilent(connection, remote), patienceMillis, TimeUnit.MILLISECONDS);
    var unused =
        connection
            .closeFuture()
            .addListener(
                closed -> {
                  end.cancel(false);
                  connections.remove(remote, connection);
                  if (silent.remove(remote)) {
                    LOG.debug("connection without a call: address={}", remote);
                    refused.refused(Reason.NO_CALL, remote);
                  }
                });
  }

  private void closeIfSilent(Channel connection, SocketAddress remote) {
    if (silent.contains(remote)) {
      var unused = connection.close();
    }
  }

  /** There is a call on the connection of this address. */
  void called(@Nullable SocketAddress remote) {
    if (remote != null) {
      silent.remove(remote);
    }
  }

  /**
   * A call has ended here. One whose other end takes nothing would keep its connection, which is
   * not idle, for ever.
   *
   * @param isTaken whether the other end has taken all that it was told
   */
  void leaving(@Nullable SocketAddress remote, BooleanSupplier isTaken) {
    Channel connection = remote == null ? null : connections.get(remote);
    if (connection != null) {
      var unused =
          accepting.schedule(
              () -> closeUnless(isTaken, connection), patienceMillis, TimeUnit.MILLISECONDS);
    }
  }

  private static void closeUnless(BooleanSupplier isTaken, Channel connection) {
    if (!isTaken.getAsBoolean()) {
      // Not by way of HTTP/2, which would wait for the call.
      connection.eventLoop().execute(() -> connection.unsafe().close(connection.voidPromise()));
    }
  }

  /** Who has gone again by now has no address any more. */
  private static InetAddress address(SocketAddress remote) {
    return remote instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  private synchronized boolean enter(InetAddress from) {
    int already = open.getOrDefault(from, 0);
    if (total >= most || already >= mostOfAddress) {
      return false;
    }
    total++;
    open.put(from, already + 1);
    return true;
  }

  private synchronized void leave(InetAddress from) {
    total--;
    open.computeIfPresent(from, (address, count) -> count > 1 ? count - 1 : null);
  }

  /** When the server is terminated. */
  @Override
  public void close() {
    for (EventLoopGroup threads : List.of(accepting, serving)) {
      var unused =
          threads
              .shutdownGracefully(0, Transport.LEAVING_SECONDS, TimeUnit.SECONDS)
              .awaitUninterruptibly();
    }
  }
}
