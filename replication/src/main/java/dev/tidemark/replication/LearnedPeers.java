package dev.tidemark.replication;

import dev.tidemark.replication.gossip.Member;
import dev.tidemark.replication.transport.Dialer;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dials members whose addresses were learned from others, as far as the policy lets it: those that
 * are not connected, each at its first address, as many as there may be sessions. They count for no
 * level of consistency: that is for those that are configured, or logged as members.
 */
final class LearnedPeers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LearnedPeers.class);

  private final ReplicationOptions options;
  private final Dialling dialling;
  private final Set<String> configured = new HashSet<>();
  private final Map<String, Dialer> dialers = new HashMap<>();
  private boolean closed;

  /** Makes a dialer. */
  interface Dialling {
    Dialer at(InetSocketAddress address);

    boolean isConnected(long replicaId);
  }

  LearnedPeers(ReplicationOptions options, Dialling dialling) {
    this.options = options;
    this.dialling = dialling;
    options.peers().forEach(peer -> configured.add(peer.getHostString() + ":" + peer.getPort()));
  }

  /** These can be reached; those that are dialled and are not among them are gone. */
  synchronized void reachable(List<Member> members) {
    if (closed) {
      return;
    }
    Set<String> wanted = new HashSet<>();
    for (Member member : members) {
      String address = member.addresses().get(0);
      if (isDialled(member) && !configured.contains(address)) {
        wanted.add(address);
        if (!dialers.containsKey(address)
            && dialers.size() < options.mostSessions()
            && !dialling.isConnected(member.replicaId())) {
          dial(address, member);
        }
      }
    }
    Map<String, Dialer> gone = new HashMap<>(dialers);
    gone.keySet().removeAll(wanted);
    dialers.keySet().retainAll(wanted);
    gone.values().forEach(Dialer::close);
  }

  private boolean isDialled(Member member) {
    Set<String> allowed = options.allowed();
    return switch (options.gossip().dial()) {
      case NOBODY -> false;
      case ALLOWED -> allowed != null && allowed.contains(member.name());
      case ANYBODY -> allowed == null || allowed.contains(member.name());
    };
  }

  private void dial(String address, Member member) {
    int colon = address.lastIndexOf(':');
    // Not resolved here: that may take long, and whoever dials does it.
    Dialer dialer;
    try {
      dialer =
          dialling.at(
              InetSocketAddress.createUnresolved(
                  address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
    } catch (IllegalArgumentException noHost) {
      // Others may know what to do with it.
      LOG.debug("address cannot be dialled: name={}, address={}", member.name(), address);
      return;
    }
    dialers.put(address, dialer);
    LOG.info("peer learned: name={}, address={}", member.name(), address);
    dialer.dial();
  }

  @Override
  public synchronized void close() {
    closed = true;
    dialers.values().forEach(Dialer::close);
    dialers.clear();
  }
}
