package dev.tidemark.tools.serve;

import dev.tidemark.engine.codec.Limits;
import dev.tidemark.replication.transport.ListenFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP server, bounded: at most {@link #CONNECTIONS} connections, further ones wait to be
 * accepted; at most {@link #THREADS} threads; a connection that is idle, or a request that comes or
 * takes longer than any may, is cut.
 */
final class Endpoint implements AutoCloseable {
  static final int CONNECTIONS = 128;
  static final int THREADS = 40;
  private static final int LEAST_THREADS = 4;
  private static final int THREAD_IDLE_MILLIS = 10_000;
  private static final long IDLE_MILLIS = 10_000;
  private static final long STOP_MILLIS = 2_000;
  private static final int BACKLOG = 128;

  /** The longest key, percent-encoded, and the headers besides. */
  private static final int HEADER_BYTES = 3 * Limits.MAX_KEY_BYTES + (8 << 10);

  private final Server server;
  private final ServerConnector connector;

  /** Begins to listen. */
  Endpoint(HttpOptions options, Resources resources) throws IOException {
    this(options, resources, Deadlines.ARRIVAL_MILLIS);
  }

  Endpoint(HttpOptions options, Resources resources, long arrivalMillis) throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, LEAST_THREADS, THREAD_IDLE_MILLIS);
    threads.setName("tidemark-http");
    threads.setDaemon(true);
    this.server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    // Paths are keys: they are looked at as they came, and name no file.
    http.setUriCompliance(UriCompliance.UNSAFE);
    this.connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(options.address().getHostString());
    connector.setPort(options.address().getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    connector.setAcceptQueueSize(BACKLOG);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
    Deadlines deadlines = new Deadlines(connector.getScheduler(), arrivalMillis);
    connector.addEventListener(deadlines);
    server.setHandler(new Api(new Access(options.token()), resources, deadlines));
    server.setErrorHandler(new JsonErrors());
    server.setStopTimeout(STOP_MILLIS);
    start(options.address());
  }

  private void start(InetSocketAddress address) throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      close();
      throw ListenFailure.of(address, e);
    } catch (Exception e) {
      close();
      throw new IOException("HTTP server cannot be started", e);
    }
  }

  /** The port that is listened on. */
  int port() {
    return connector.getLocalPort();
  }

  /** Answers what is being asked, for a while, and nothing more. */
  @Override
  public void close() {
    try {
      connector.shutdown().get(STOP_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      // Whoever asks is cut off.
    }
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("HTTP server cannot be stopped", e);
    }
  }
}
