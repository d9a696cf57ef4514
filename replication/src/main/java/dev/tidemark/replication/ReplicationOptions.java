package dev.tidemark.replication;

import dev.tidemark.error.Problem;
import dev.tidemark.replication.gossip.GossipOptions;
import dev.tidemark.replication.transport.Security;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a store replicates. Immutable; start from {@link #of}.
 *
 * @param cluster whose stores exchange with each other
 * @param name what this store is called in certificates and allow-lists
 * @param listen where to listen; null to dial only; port 0 for any
 * @param peers whom to dial
 * @param security TLS and token
 * @param requireTls whether to refuse to start without TLS
 * @param allowed the names of peers; null for anybody who may speak
 * @param mostSessions how many sessions there may be
 * @param firstWait how long to wait before dialling again, at first
 * @param longestWait how long to wait at most
 * @param patience how long to wait for a connection, a call, a peer's first frame, and each part of
 *     a run; three times as long for any word of it
 * @param heartbeat after how much silence to say that this store is there; the same for all peers
 * @param repairInterval how often to compare this store with each peer, for damage; 0 for only when
 *     it is asked for
 * @param gossip how members tell each other who is there
 */
public record ReplicationOptions(
    String cluster,
    String name,
    @Nullable InetSocketAddress listen,
    List<InetSocketAddress> peers,
    Security security,
    boolean requireTls,
    @Nullable Set<String> allowed,
    int mostSessions,
    Duration firstWait,
    Duration longestWait,
    Duration patience,
    Duration heartbeat,
    Duration repairInterval,
    GossipOptions gossip) {
  /**
   * TLS required, at most 64 sessions, 100 ms to 10 s between two tries, 5 s of patience, 1 s to a
   * heartbeat, 6 h to a comparison.
   */
  public static ReplicationOptions of(String cluster, String name) {
    return new ReplicationOptions(
        cluster,
        name,
        null,
        List.of(),
        Security.PLAIN_TEXT,
        true,
        null,
        64,
        Duration.ofMillis(100),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofHours(6),
        GossipOptions.DEFAULT);
  }

  /** Refuses what cannot work. */
  public ReplicationOptions {
    if (cluster.isEmpty() || name.isEmpty()) {
      throw Problem.of("cluster and name must not be empty").illegalArgument();
    }
    if (mostSessions < 1
        || firstWait.toMillis() < 1
        || longestWait.compareTo(firstWait) < 0
        || heartbeat.toMillis() < 1
        || repairInterval.isNegative()) {
      throw Problem.of("bounds of replication are out of order").illegalArgument();
    }
    peers = List.copyOf(peers);
    allowed = allowed == null ? null : Set.copyOf(allowed);
  }

  /** Refuses to start without TLS where it is required. */
  void requirePrivacy() {
    if (requireTls && !security.isTls()) {
      throw Problem.of("TLS is required and there is no certificate")
          .advise("give one, or allow plain text where nobody else can reach the connections")
          .illegalArgument();
    }
  }

  /** Whether nobody outside of this machine is reached, nor can reach it. */
  boolean isLocal() {
    return isLoopback(listen) && peers.stream().allMatch(ReplicationOptions::isLoopback);
  }

  private static boolean isLoopback(@Nullable InetSocketAddress address) {
    return address == null
        || (address.getAddress() != null && address.getAddress().isLoopbackAddress());
  }

  /** Listening. */
  public ReplicationOptions withListen(InetSocketAddress address) {
    return with(draft -> draft.listen = address);
  }

  /** Dialling these. */
  public ReplicationOptions withPeers(List<InetSocketAddress> addresses) {
    return with(draft -> draft.peers = addresses);
  }

  /** With TLS or a token. */
  public ReplicationOptions withSecurity(Security how) {
    return with(draft -> draft.security = how);
  }

  /** In plain text if there is no TLS: whoever sits between two stores can read and change all. */
  public ReplicationOptions withPlainText() {
    return with(draft -> draft.requireTls = false);
  }

  /** With these peers and no others. */
  public ReplicationOptions withAllowed(Set<String> names) {
    return with(draft -> draft.allowed = names);
  }

  /** With at most so many sessions. */
  public ReplicationOptions withMostSessions(int most) {
    return with(draft -> draft.mostSessions = most);
  }

  /** With these times between two tries. */
  public ReplicationOptions withWaits(Duration first, Duration longest) {
    return with(
        draft -> {
          draft.firstWait = first;
          draft.longestWait = longest;
        });
  }

  /** With this patience. */
  public ReplicationOptions withPatience(Duration time) {
    return with(draft -> draft.patience = time);
  }

  /** With a heartbeat after so much silence. */
  public ReplicationOptions withHeartbeat(Duration time) {
    return with(draft -> draft.heartbeat = time);
  }

  /** Comparing this store with each peer so often; 0 for only when it is asked for. */
  public ReplicationOptions withRepairInterval(Duration interval) {
    return with(draft -> draft.repairInterval = interval);
  }

  /** Telling who is there in this way. */
  public ReplicationOptions withGossip(GossipOptions how) {
    return with(draft -> draft.gossip = how);
  }

  private ReplicationOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** The one place beside the record that lists the options. */
  private static final class Draft {
    private String cluster;
    private String name;
    private @Nullable InetSocketAddress listen;
    private List<InetSocketAddress> peers;
    private Security security;
    private boolean requireTls;
    private @Nullable Set<String> allowed;
    private int mostSessions;
    private Duration firstWait;
    private Duration longestWait;
    private Duration patience;
    private Duration heartbeat;
    private Duration repairInterval;
    private GossipOptions gossip;

    Draft(ReplicationOptions from) {
      cluster = from.cluster;
      name = from.name;
      listen = from.listen;
      peers = from.peers;
      security = from.security;
      requireTls = from.requireTls;
      allowed = from.allowed;
      mostSessions = from.mostSessions;
      firstWait = from.firstWait;
      longestWait = from.longestWait;
      patience = from.patience;
      heartbeat = from.heartbeat;
      repairInterval = from.repairInterval;
      gossip = from.gossip;
    }

    ReplicationOptions options() {
      return new ReplicationOptions(
          cluster,
          name,
          listen,
          peers,
          security,
          requireTls,
          allowed,
          mostSessions,
          firstWait,
          longestWait,
          patience,
          heartbeat,
          repairInterval,
          gossip);
    }
  }
}
