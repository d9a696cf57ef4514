package dev.tidemark.replication;

import dev.tidemark.Tidemark;
import dev.tidemark.replication.hydration.Hydrator;
import dev.tidemark.replication.session.Registry;
import dev.tidemark.replication.session.Self;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.session.Terms;
import dev.tidemark.replication.transport.ClientChannel;
import dev.tidemark.replication.transport.Credentials;
import dev.tidemark.storage.handover.PeerLogs;
import dev.tidemark.storage.handover.ReplicaNames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Takes what one peer has, over a network, whenever it is asked to, and gives nothing: what {@link
 * dev.tidemark.Exchange} does within a process. The peer is a {@link Replicator} that listens.
 * Large values come after what refers to them ({@link #awaitData}). For one thread at a time; close
 * it before the store.
 */
public final class Puller implements AutoCloseable {
  private final Registry registry;
  private final ClientChannel channel;
  private final Hydrator hydrator;
  private final Session session;

  private Puller(Tidemark store, ReplicationOptions options, InetSocketAddress peer)
      throws IOException {
    Self self = Replicator.self(store, options);
    this.registry =
        new Registry(
            store.replicaId(), 1, PeerLogs.unsaved(), ReplicaNames.unsaved(), System::nanoTime);
    this.channel = new ClientChannel(peer, new Credentials(options.security()));
    this.hydrator = new Hydrator(store, registry::sessions, false);
    boolean begun = false;
    try {
      Terms terms = new Terms(true, true, options.patience(), options.heartbeat());
      this.session =
          channel.dial(
              (link, dialled, atEnd) ->
                  new Session(self, registry, link, terms, hydrator::lacks, atEnd),
              ended -> {});
      begun = true;
    } finally {
      if (!begun) {
        close();
      }
    }
  }

  /**
   * Dials a peer.
   *
   * @param options of which cluster, name, security and patience count
   * @throws IllegalArgumentException if TLS is required and there is none
   * @throws IOException if a certificate cannot be read
   */
  public static Puller dial(Tidemark store, ReplicationOptions options, InetSocketAddress peer)
      throws IOException {
    options.requirePrivacy();
    return new Puller(store, options, peer);
  }

  /**
   * Takes all that the peer has logged by now.
   *
   * @return how many commits, runs and states were new
   * @throws dev.tidemark.replication.wire.SessionEndedException if that fails; dial anew
   */
  public long pull() {
    return session.pull(0);
  }

  /**
   * Takes the peer's log up to and with its own operation of that sequence: what it had seen when
   * it made it. A run that holds the operation is taken as a whole, and so is a state.
   *
   * @return how many commits, runs and states were new
   * @throws dev.tidemark.replication.wire.SessionEndedException if that fails; dial anew
   */
  public long pullUntil(long ownSequence) {
    return ownSequence <= 0 ? 0 : session.pull(ownSequence);
  }

  /**
   * Waits until all the large values that were referred to by what it took are here.
   *
   * @return false if they were not within the given time
   */
  public boolean awaitData(Duration timeout) throws InterruptedException {
    return hydrator.awaitAll(timeout);
  }

  /** The bytes of the frames that came in its session. */
  public long receivedBytes() {
    return session.status().receivedBytes();
  }

  @Override
  public void close() {
    registry.close();
    hydrator.close();
    channel.close();
  }
}
