package dev.tidemark.tools.serve;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.replication.ReplicationMetrics;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.replication.Replicator;
import dev.tidemark.storage.Options;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A store that exchanges with its peers and, if asked to, answers over HTTP. */
public final class Node implements AutoCloseable {
  private final Tidemark store;
  private @Nullable Replicator replicator;
  private @Nullable Endpoint endpoint;

  private Node(Tidemark store) {
    this.store = store;
  }

  /**
   * Opens the store and begins.
   *
   * @throws IOException if an address cannot be listened on, or a certificate cannot be read
   */
  public static Node start(
      Path directory, Schema schema, ReplicationOptions replication, @Nullable HttpOptions http)
      throws IOException {
    return start(directory, schema, Options.defaults(), replication, http);
  }

  /** The same with options of the store. */
  public static Node start(
      Path directory,
      Schema schema,
      Options options,
      ReplicationOptions replication,
      @Nullable HttpOptions http)
      throws IOException {
    // A request is never too long for the log, so values that were posted are read as posted.
    Options inline = options.withInlineLimit(Limits.MAX_VALUE_BYTES);
    Node node = new Node(Tidemark.open(directory, schema, inline));
    boolean started = false;
    try {
      node.start(replication, http);
      started = true;
      return node;
    } finally {
      if (!started) {
        node.close();
      }
    }
  }

  private void start(ReplicationOptions replication, @Nullable HttpOptions http)
      throws IOException {
    Replicator exchange = Replicator.start(store, replication);
    replicator = exchange;
    if (http != null) {
      PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      new ReplicationMetrics(store, exchange).bindTo(meters);
      Resources resources =
          new Resources(store, exchange, meters, replication.cluster(), replication.name());
      endpoint = new Endpoint(http, resources);
    }
  }

  /** Whose operations it makes. */
  public long replicaId() {
    return store.replicaId();
  }

  /** The port that peers dial; 0 if it listens for none. */
  public int port() {
    return replicator == null ? 0 : replicator.port();
  }

  /** The port of HTTP; 0 if it is not served. */
  public int httpPort() {
    return endpoint == null ? 0 : endpoint.port();
  }

  /** First nobody asks any more, then nobody sends, then the store is closed. */
  @Override
  public void close() {
    try (store;
        Replicator exchange = replicator;
        Endpoint http = endpoint) {
      // Closed in the reverse order, each even if one before it fails.
    }
  }
}
