package dev.tidemark.replication.transport;

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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Where connections come in: a bounded number of them, and of those of one address. One too many is
 * closed before anything is read from it, and takes no more than its socket until then.
 */
@Sharable
final class Door extends ChannelInboundHandlerAdapter implements AutoCloseable {
  private final int most;
  private final int mostOfAddress;
  private final Runnable refused;
  private final EventLoopGroup accepting;
  private final EventLoopGroup serving;
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private int total;

  /**
   * A door that nobody comes through yet.
   *
   * @param most how many connections there may be
   * @param mostOfAddress how many of them may be of one address
   * @param refused is told of each that is one too many
   */
  Door(int most, int mostOfAddress, Runnable refused) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
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
      context.fireChannelRead(accepted);
    } else {
      connection.unsafe().closeForcibly();
      refused.run();
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
