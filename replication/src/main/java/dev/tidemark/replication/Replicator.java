package dev.tidemark.replication;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.consistency.Acknowledged;
import dev.tidemark.replication.consistency.Level;
import dev.tidemark.replication.consistency.Levels;
import dev.tidemark.replication.consistency.Membership;
import dev.tidemark.replication.gossip.Gossip;
import dev.tidemark.replication.gossip.MemberTable;
import dev.tidemark.replication.hydration.Hydrator;
import dev.tidemark.replication.missing.Search;
import dev.tidemark.replication.repair.RepairChannel;
import dev.tidemark.replication.repair.RepairSchedule;
import dev.tidemark.replication.session.Link;
import dev.tidemark.replication.session.Peer;
import dev.tidemark.replication.session.Registry;
import dev.tidemark.replication.session.Self;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.session.Terms;
import dev.tidemark.replication.transport.Credentials;
import dev.tidemark.replication.transport.Dialer;
import dev.tidemark.replication.transport.Listener;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.core.RepairReport;
import dev.tidemark.storage.membership.MembershipReport;
import dev.tidemark.type.KeyAccess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges what a store knows with its peers over a network, in both directions of each
 * connection, whoever has dialled. Close it before the store.
 */
public final class Replicator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replicator.class);

  /** How often it is looked for what nobody goes on with. */
  private static final int EXPIRY_SECONDS = 5;

  /** How often it is looked for operations that do not come. */
  private static final long SEARCH_MILLIS = 500;

  /** How often certificates are looked at: a peer that is taken out is gone within twice that. */
  private static final long RELOAD_MILLIS = 2_000;

  private final ReplicationOptions options;
  private final Credentials credentials;
  private final Self self;
  private final Registry registry;
  private final Hydrator hydrator;
  private final Search search;
  private final ScheduledExecutorService timer;
  private final List<Dialer> dialers = new ArrayList<>();
  private final Incidents incidents = new Incidents();
  private final Levels levels;
  private final RepairSchedule repairs;
  private final LearnedPeers learned;
  private volatile @Nullable Gossip gossip;
  private @Nullable Listener listener;

  private Replicator(Tidemark store, ReplicationOptions options) throws IOException {
    this.options = options;
    this.credentials = new Credentials(options.security());
    this.self = self(store, options);
    this.registry =
        new Registry(
            store.replicaId(),
            options.mostSessions(),
            store.peerLogs(),
            store.replicaNames(),
            System::nanoTime);
    this.hydrator = new Hydrator(store, registry::sessions, true);
    this.search =
        new Search(
            store, registry::admitted, registry::isConnected, System::nanoTime, incidents::lost);
    this.levels = new Levels(store, options.name(), registry, this::membership);
    this.repairs = new RepairSchedule(options.repairInterval(), this::channels);
    this.learned = new LearnedPeers(options, new Learning());
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "tidemark-replication-timer");
              thread.setDaemon(true);
              return thread;
            });
  }

  static Self self(Tidemark store, ReplicationOptions options) {
    return new Self(
        store,
        store.status().storeId(),
        new SecureRandom().nextLong(),
        options.cluster(),
        options.name(),
        options.allowed());
  }

  /**
   * Begins to listen and to dial.
   *
   * @throws IllegalArgumentException if TLS is required and there is none
   * @throws IOException if a certificate cannot be read, or the address cannot be listened on
   */
  public static Replicator start(Tidemark store, ReplicationOptions options) throws IOException {
    options.requirePrivacy();
    Replicator replicator = new Replicator(store, options);
    boolean started = false;
    try {
      replicator.start();
      started = true;
      return replicator;
    } finally {
      if (!started) {
        replicator.close();
      }
    }
  }

  private void start() throws IOException {
    if (!options.security().isTls() && !options.isLocal()) {
      LOG.warn("replication in plain text: cluster={}, name={}", options.cluster(), options.name());
    }
    for (InetSocketAddress peer : options.peers()) {
      dialers.add(dialer(peer));
    }
    registry.onAdmitted(this::admitted);
    InetSocketAddress at = options.listen();
    if (at != null) {
      listener =
          new Listener(
              at,
              credentials,
              options.mostSessions(),
              options.patience(),
              this::session,
              incidents::refused);
    }
    dialers.forEach(Dialer::dial);
    repairs.start();
    var unusedExpiry =
        timer.scheduleWithFixedDelay(
            registry::expire, EXPIRY_SECONDS, EXPIRY_SECONDS, TimeUnit.SECONDS);
    var unusedSearch =
        timer.scheduleWithFixedDelay(
            search::step, SEARCH_MILLIS, SEARCH_MILLIS, TimeUnit.MILLISECONDS);
    Gossip telling =
        new Gossip(
            self.store(),
            options.name(),
            registry,
            options.gossip(),
            addresses(at),
            options.allowed(),
            learned::reachable);
    gossip = telling;
    telling.start(timer);
    if (options.security().isTls()) {
      var unused =
          timer.scheduleWithFixedDelay(
              this::reload, RELOAD_MILLIS, RELOAD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Where others can dial this end: what is configured, or where it listens. */
  private List<String> addresses(@Nullable InetSocketAddress at) {
    List<String> given = options.gossip().addresses();
    if (!given.isEmpty() || at == null) {
      return given;
    }
    boolean isOne = at.getAddress() != null && !at.getAddress().isAnyLocalAddress();
    return isOne ? List.of(at.getHostString() + ":" + port()) : List.of();
  }

  /**
   * Reads certificates again that have changed, and ends the sessions of who is not trusted now.
   */
  private void reload() {
    if (credentials.reload()) {
      registry.sessions().forEach(Session::requireTrust);
    }
  }

  private Dialer dialer(InetSocketAddress peer) {
    return new Dialer(
        peer,
        credentials,
        this::session,
        registry::isConnected,
        timer,
        options.firstWait(),
        options.longestWait());
  }

  /** One that no dialer has met may be whom one of them waits to dial. */
  private void admitted(long replica) {
    if (dialers.stream().noneMatch(dialer -> dialer.peer() == replica)) {
      dialers.stream().filter(dialer -> !registry.isConnected(dialer.peer())).forEach(Dialer::wake);
    }
  }

  private final class Learning implements LearnedPeers.Dialling {
    @Override
    public Dialer at(InetSocketAddress address) {
      return dialer(address);
    }

    @Override
    public boolean isConnected(long replicaId) {
      return registry.isConnected(replicaId);
    }
  }

  private Session session(Link link, boolean dialled, Consumer<Session> atEnd) {
    return new Session(
        self,
        registry,
        link,
        new Terms(dialled, false, options.patience(), options.heartbeat()),
        hydrator::lacks,
        session -> {
          ended(session);
          atEnd.accept(session);
          // Who dialled may know now who is at the address, and so who counts.
          registry.changes().signal();
        });
  }

  private List<RepairChannel> channels() {
    return registry.sessions().stream()
        .filter(session -> session.peer() != null && session.ended() == null)
        .map(Session::repairs)
        .toList();
  }

  private void ended(Session session) {
    SessionEndedException why = session.ended();
    if (why == null) {
      return;
    }
    incidents.ended(session, why);
    Peer peer = session.peer();
    Gossip telling = gossip;
    if (telling != null && peer != null && why.reason() == Reason.LEAVING) {
      telling.left(peer.replicaId());
    }
  }

  /**
   * Makes an update of a key and waits until it survives a power loss at enough members: this store
   * and the peers that it is configured to dial, and of a founded cluster all that are not retired.
   * So each member has to be given all others, or a majority is none. A connected peer that does
   * not hold the key does not count.
   *
   * @param update makes one update and gives its log position; it is called once
   * @throws dev.tidemark.replication.consistency.LevelTimeoutException if enough did not tell in
   *     time; the update is made nevertheless
   * @throws IllegalArgumentException if the level needs more members than there are; nothing was
   *     changed
   * @throws IllegalStateException if this replicator is closed meanwhile
   */
  public Acknowledged update(
      String key, ToLongFunction<KeyAccess> update, Level level, Duration timeout) {
    return levels.update(key, update, level, timeout);
  }

  /**
   * Reads a key once this store has all that enough members had seen at some moment after the call.
   *
   * @throws dev.tidemark.replication.consistency.LevelTimeoutException if that took too long
   * @throws IllegalArgumentException if the level needs more members than there are
   * @throws IllegalStateException if this replicator is closed meanwhile
   */
  public <T> T read(String key, Function<KeyAccess, T> reader, Level level, Duration timeout) {
    return levels.read(key, reader, level, timeout);
  }

  private Membership membership(String key) {
    Set<Long> without = without(Bytes.utf8(key));
    Set<Long> others = new HashSet<>();
    int configured = 1;
    for (Dialer dialer : dialers) {
      if (without.contains(dialer.peer())) {
        continue;
      }
      configured += dialer.last() == Reason.SELF ? 0 : 1;
      others.add(dialer.peer());
    }
    MembershipReport report = self.store().members().report();
    if (report.isFounded()) {
      others.addAll(report.members());
    }
    others.removeAll(Set.of(0L, self.store().replicaId()));
    others.removeAll(without);
    return new Membership(Math.max(configured, others.size() + 1), others);
  }

  /** The connected peers that do not hold a key. What others hold is not known: they count. */
  private Set<Long> without(Bytes key) {
    Set<Long> without = new HashSet<>();
    for (Session session : registry.admitted()) {
      Peer peer = session.peer();
      if (peer != null && !peer.interest().covers(key)) {
        without.add(peer.replicaId());
      }
    }
    return without;
  }

  /**
   * Compares this store with that of a connected peer, and mends what is damaged in either.
   *
   * @param replica the peer's replica id
   * @return what was found in this one; empty if the two did not come to have joined the same
   * @throws IllegalStateException if the peer is not connected
   * @throws dev.tidemark.replication.repair.RepairFailedException if the peer does not answer
   */
  public Optional<RepairReport> repair(long replica) {
    for (Session session : registry.sessions()) {
      Peer peer = session.peer();
      if (peer != null && peer.replicaId() == replica && session.ended() == null) {
        return session.repairs().repair(true);
      }
    }
    throw Problem.of("peer is not connected")
        .with("replica", ReplicaId.format(replica))
        .advise("see the status")
        .illegalState();
  }

  /** The port that is listened on; 0 if none is. */
  public int port() {
    Listener at = listener;
    return at == null ? 0 : at.port();
  }

  /** Its sessions, and what became of those before. */
  public ReplicationStatus status() {
    return new ReplicationStatus(
        registry.sessions().stream().map(Session::status).toList(),
        incidents.ended(),
        hydrator.waiting(),
        hydrator.fetchedBytes(),
        hydrator.refused(),
        registry.statesTaken(),
        incidents.operationsLost(),
        registry.repairs().status(),
        others(),
        troubles());
  }

  private List<PeerTrouble> troubles() {
    List<PeerTrouble> troubles = new ArrayList<>();
    for (Dialer dialer : dialers) {
      Dialer.Failure failure = dialer.failure();
      if (failure == null
          || failure.why().reason() == Reason.SELF
          || registry.isConnected(dialer.peer())) {
        continue;
      }
      InetSocketAddress at = dialer.address();
      troubles.add(
          new PeerTrouble(
              at.getHostString() + ":" + at.getPort(),
              failure.why().reason(),
              String.valueOf(failure.why().getMessage()),
              failure.atMillis()));
    }
    return troubles;
  }

  private List<MemberTable.Sight> others() {
    Gossip telling = gossip;
    return telling == null ? List.of() : telling.others();
  }

  /** What it does may write to the store, which is closed next. */
  private void awaitTimer() {
    boolean interrupted = false;
    boolean over = false;
    while (!over) {
      try {
        over = timer.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes leave of all peers. Again it does nothing. */
  @Override
  public void close() {
    timer.shutdownNow();
    awaitTimer();
    registry.close();
    repairs.close();
    hydrator.close();
    dialers.forEach(Dialer::close);
    learned.close();
    Listener at = listener;
    if (at != null) {
      at.close();
    }
  }
}
