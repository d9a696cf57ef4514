package dev.tidemark.replication.simulation;

import dev.tidemark.SyncWatch;
import dev.tidemark.Tidemark;
import dev.tidemark.WatchedStore;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.replication.missing.LostOperation;
import dev.tidemark.replication.missing.Search;
import dev.tidemark.replication.session.Registry;
import dev.tidemark.replication.session.Self;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.session.Terms;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.fault.Chance;
import dev.tidemark.storage.membership.RingReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine: a real store on a disk that forgets, a clock that jumps, and its sessions. */
final class Node {
  private static final int MOST_SESSIONS = 64;
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration HEARTBEAT = Duration.ofMillis(700);
  private static final long TICK_NANOS = 250 * World.MILLI;
  private static final int FOLDS_ONE_IN = 4;
  private static final long SYNC_NANOS = 20 * World.MILLI;

  final long id;
  final World world;
  final Cluster cluster;
  private final Path home;
  private final @Nullable Holding holding;
  private final Deque<Logged> unsynced = new ArrayDeque<>();
  private final List<SimulatedDriver> drivers = new ArrayList<>();
  private @Nullable WatchedStore open;
  private @Nullable SyncWatch syncs;
  private @Nullable Registry registry;
  private @Nullable Search search;
  private @Nullable Self self;
  private Interest held = Interest.ALL;
  private boolean syncing;
  private int times;

  /** Its joining, which it has to see before it writes; null if it needs none. */
  @Nullable Dot joining;

  /** Whether it was retired, and is to be heard of no more. */
  boolean retired;

  /** How much its clock is ahead. */
  long offsetMillis;

  /** The network it is in. */
  int group;

  /** What it has seen at its last event. */
  VersionVector seen = VersionVector.EMPTY;

  /** What of that survives a power loss. */
  VersionVector durable = VersionVector.EMPTY;

  /** What it has told others, or whoever updates here, to survive a power loss. */
  VersionVector promised = VersionVector.EMPTY;

  private record Logged(long position, VersionVector seen) {}

  /**
   * A node that is started.
   *
   * @param holding which keys it is to hold; null for all, or what a ring gives it
   */
  Node(long id, Cluster cluster, Path root, @Nullable Holding holding) {
    this.id = id;
    this.cluster = cluster;
    this.world = cluster.world;
    this.home = root.resolve("node" + id);
    this.holding = holding;
    start(holding == null ? always() : holding.first());
    tick();
  }

  /** Sessions look at the time, too. */
  private void tick() {
    world.in(
        TICK_NANOS,
        () -> {
          Registry known = registry;
          Search looking = search;
          if (isUp() && known != null && looking != null) {
            known.expire();
            looking.step();
            if (world.oneIn(FOLDS_ONE_IN)) {
              watched().wake();
            }
            if (cluster.isRing() && hasJoined() && store().ring().advance()) {
              // Part of what it has said it may have forced, and nobody has looked in between.
              sync();
            }
          }
          touch();
          tick();
        });
  }

  boolean isUp() {
    return open != null;
  }

  Tidemark store() {
    return watched().store();
  }

  private WatchedStore watched() {
    WatchedStore is = open;
    if (is == null) {
      throw new AssertionError("node is down: " + id);
    }
    return is;
  }

  /** The greatest stamp given or observed. */
  long clock() {
    return watched().clock();
  }

  private SyncWatch syncs() {
    SyncWatch watch = syncs;
    if (watch == null) {
      throw new AssertionError("node is down: " + id);
    }
    return watch;
  }

  /** Whether it may count itself among the members, as far as it knows. */
  boolean hasJoined() {
    return joining == null || durable.contains(joining);
  }

  /** Whether it takes another for a member, whatever comes. */
  boolean hasSeenJoiningOf(Node other) {
    return other == this || other.joining == null || durable.contains(other.joining);
  }

  long wallMillis() {
    return world.wallMillis() + offsetMillis;
  }

  /** What it is called. */
  String name() {
    return "n" + id;
  }

  /** Until there is a ring only the first of its members holds keys. */
  private Interest always() {
    return cluster.isRing() && id > 1 ? Interest.NONE : Interest.ALL;
  }

  private void start(Interest interest) {
    Options options = Workload.options(id, this::wallMillis).withInterest(interest);
    try {
      open =
          WatchedStore.open(
              home, Workload.SCHEMA, cluster.isRing() ? options.withRingMember(name()) : options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Tidemark store = store();
    if (store.replicaId() != id) {
      throw new AssertionError("replica has lost its id: " + id + ", " + store.recovery());
    }
    syncs = store.watchSyncs(() -> {});
    registry =
        new Registry(id, MOST_SESSIONS, store.peerLogs(), store.replicaNames(), world::nanos);
    search = new Search(store, registry::admitted, registry::isConnected, world::nanos, this::lost);
    self =
        new Self(
            store, store.status().storeId(), world.random.nextLong(), "simulation", name(), null);
    held = store.interest();
    unsynced.clear();
    cluster.tally.opened++;
    VersionVector found = store.vector();
    cluster.truth.lost(id, found.get(id));
    cluster.recovered(this, found);
    seen = found;
    // What is there after an open was found on the disk.
    durable = found;
    touch();
  }

  private void lost(List<LostOperation> operations) {
    for (LostOperation operation : operations) {
      cluster.truth.forgotten(operation.dot());
      world.note("lost", operation.dot().replica(), operation.dot().sequence());
    }
    cluster.tally.lost += operations.size();
  }

  /** A session of this end of a connection, which is not started. */
  Session meet(Wire.End end, boolean isDialler) {
    SimulatedDriver driver = new SimulatedDriver(world, this::wallMillis, end);
    drivers.add(driver);
    Session session =
        new Session(
            self,
            registry,
            end,
            new Terms(isDialler, false, PATIENCE, HEARTBEAT, driver),
            lacking -> {},
            ended -> {
              drivers.remove(driver);
              cluster.ended(this, ended);
            });
    driver.of(session);
    end.to(session, driver);
    return session;
  }

  boolean isConnected(Node other) {
    Registry known = registry;
    return known != null && known.isConnected(other.id);
  }

  /** Something may have changed here: looks what, and lets sessions go on. */
  void touch() {
    if (open == null) {
      return;
    }
    look();
    List.copyOf(drivers).forEach(SimulatedDriver::poke);
    if (!syncing && !unsynced.isEmpty()) {
      syncing = true;
      world.in(
          world.upTo(SYNC_NANOS),
          () -> {
            syncing = false;
            if (isUp()) {
              sync();
            }
          });
    }
  }

  /** Notes what is logged and what is forced. */
  void look() {
    if (open == null) {
      return;
    }
    watched().step();
    Tidemark store = store();
    VersionVector now = store.vector();
    if (!now.equals(seen)) {
      cluster.rose(this, now);
      seen = now;
      unsynced.add(new Logged(syncs().appendedPosition(), now));
    }
    noteHeld(store.interest());
    long synced = syncs().syncedPosition();
    while (!unsynced.isEmpty() && unsynced.element().position() <= synced) {
      durable = unsynced.remove().seen();
    }
  }

  private void noteHeld(Interest now) {
    if (!now.equals(held)) {
      held = now;
      cluster.tally.widened++;
      world.note("wider", id, now.parts().size());
    }
  }

  /** Whether it holds all keys, or did when it was last open. */
  boolean holdsAll() {
    return held.isAll();
  }

  /** Whether it is to hold all keys, always. */
  boolean isWhole() {
    return holding == null && !cluster.isRing();
  }

  /** Whether it holds a key, or did when it was last open. */
  boolean holds(Bytes key) {
    return held.covers(key);
  }

  /** Whether it has come to hold what it was last opened for, or what a ring gives it. */
  boolean isHoldingAllItIsTo() {
    RingReport ring = store().ring().report();
    return store().interest().equals(store().wanted())
        && (ring.ring() == null || (ring.isSettled() && ring.held().equals(ring.share())));
  }

  void sync() {
    store().sync();
    world.note("sync", id, 0);
    touch();
    promised = promised.join(durable);
  }

  /** Ends all sessions with a word, and the store as it should be. */
  void stop() {
    Registry had = registry;
    if (had != null) {
      had.close();
    }
    look();
    WatchedStore was = open;
    if (was != null) {
      was.close();
    }
    open = null;
  }

  /** The power fails: nobody hears a word of it, and what was not forced is gone. */
  void losePower() {
    cluster.vanish(this);
    try {
      WatchedStore was = open;
      if (was == null) {
        return;
      }
      Path kept = home.resolveSibling("lost-" + id + "-" + times++);
      Runnable restore = was.losePower(kept, Chance.none());
      stop();
      restore.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void startAgain() {
    if (open == null && !retired) {
      start(holding == null ? always() : holding.next(held, cluster.isSpread(this)));
    }
  }

  /** Closes it at the end of a run, whatever came of that. */
  void kill() {
    WatchedStore was = open;
    open = null;
    if (was != null) {
      cluster.vanish(this);
      was.close();
    }
  }
}
