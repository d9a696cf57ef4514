package dev.tidemark.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridClock;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.lattice.FlooredCells;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Join;
import dev.tidemark.engine.stability.Pulse;
import dev.tidemark.engine.stability.Refusal;
import dev.tidemark.engine.stability.Retirement;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.engine.stability.Row;
import dev.tidemark.engine.stability.Stability;
import dev.tidemark.engine.stability.Standing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A replica in memory: clock, matrix, log, and a state that forgets. */
final class Node {
  private static final long MANY = 1_000_000;

  final long id;
  final World world;
  final Map<Bytes, KeyState> keys = new TreeMap<>();
  final Deque<Integer> toIssueAnew = new ArrayDeque<>();
  Map<Long, Progress> rows = new HashMap<>();
  List<Item> log = new ArrayList<>();
  private VersionVector vector = VersionVector.EMPTY;
  VersionVector cut = VersionVector.EMPTY;
  Roster roster = Roster.EMPTY;

  /** Below what the state forgets: what heartbeats said that are here. */
  Floor floor = Floor.NONE;

  BitSet seen = new BitSet();
  HybridClock clock = new HybridClock(0);
  long clockOffset;
  int group;
  boolean isFenced;
  @Nullable Node backup;
  Item.@Nullable State snapshot;

  Node(World world, long id) {
    this.world = world;
    this.id = id;
  }

  /** The same replica, or its state under another id. */
  Node copy(long newId) {
    Node copy = new Node(world, newId);
    keys.forEach((key, state) -> copy.fill(key, state.copy()));
    copy.rows = new HashMap<>(rows);
    copy.vector = vector;
    copy.log = new ArrayList<>(log);
    copy.cut = cut;
    copy.roster = roster;
    copy.floor = floor;
    copy.seen = (BitSet) seen.clone();
    copy.clock = new HybridClock(clock.last());
    copy.clockOffset = clockOffset;
    copy.group = group;
    copy.snapshot = snapshot;
    return copy;
  }

  private void fill(Bytes key, KeyDelta from) {
    KeyState state = KeyState.bottomOf(lattice(key));
    state.head(from.head());
    from.cells().forEach(state::cell);
    keys.put(key, state);
  }

  Lattice lattice(Bytes key) {
    return world.schema().of(key).strategy().lattice();
  }

  /** The bare state of a key. */
  KeyState kept(Bytes key) {
    return keys.computeIfAbsent(key, k -> KeyState.bottomOf(lattice(k)));
  }

  FlooredCells cells(Bytes key) {
    return new FlooredCells(kept(key), lattice(key), floor);
  }

  Progress row(long replica) {
    return rows.getOrDefault(replica, Progress.NOTHING);
  }

  VersionVector vector() {
    return vector;
  }

  /** Takes note of what is here now of a replica. */
  void advance(long replica, Progress progress) {
    rows.merge(replica, progress, Progress::and);
    vector = vector.with(replica, progress.row().sequence());
  }

  Stability stability() {
    Map<Long, Row> matrix = new HashMap<>();
    rows.forEach((replica, progress) -> matrix.put(replica, progress.row()));
    return new Stability(id, matrix, roster);
  }

  /** Makes an update, if it may. */
  boolean update(Bytes key, Update update) {
    if (stability().ownRefusal() != null) {
      return false;
    }
    OperationId next = next();
    KeyDelta delta = lattice(key).prepare(update, cells(key), next);
    BitSet ops = new BitSet();
    ops.set(world.oracle().note(next, key, update, delta, seen));
    log(next, key, delta, Said.NOTHING, ops);
    return true;
  }

  /** Lets a replica in. */
  void sponsor(long joiner) {
    OperationId next = next();
    // Whoever was heard in full when it was let in may go on.
    VersionVector heard =
        world.breakage() == Breakage.JOINING ? vector().with(joiner, MANY) : vector();
    say(next, Said.of(Roster.EMPTY.and(new Join(joiner, next.dot(), next.stamp(), heard))));
  }

  void retire(long victim) {
    OperationId next = next();
    say(next, Said.of(Roster.EMPTY.and(new Retirement(victim, next.dot()))));
  }

  /** Whether it cannot go on under its id. */
  boolean isOut() {
    Refusal own = stability().ownRefusal();
    return isFenced || own == Refusal.RETIRED || own == Refusal.EARLY;
  }

  /** Was told that it cannot go on: so do those hear who listen to it. */
  void withdraw() {
    if (!roster.isRetired(id)) {
      retire(id);
    }
  }

  /** The first member again, of nobody but itself. */
  void foundAgain() {
    List<Standing> others = stability().standings();
    sponsor(id);
    others.stream().filter(other -> !other.isRetired()).forEach(other -> retire(other.replica()));
  }

  @Nullable Expulsion expulsion(Node peer) {
    return stability().expulsion(peer.id, peer.vector(), floor);
  }

  /** Says what the others wait for, if they do, and raises the floor. */
  boolean pulse() {
    Stability stability = stability();
    if (stability.due().isEmpty() && !stability.isFloorDue(floor)) {
      return false;
    }
    OperationId next = next();
    Stability.Announcement said = stability.announcement();
    Pulse pulse = new Pulse(said.horizon(), said.newest(), next.sequence());
    Floor may =
        world.breakage() == Breakage.HORIZON
            ? new Floor(clock.last(), vector())
            : stability.floor();
    say(next, new Said(Roster.EMPTY.and(id, pulse), floor.join(may)));
    return true;
  }

  private void say(OperationId next, Said said) {
    log(next, null, null, said, new BitSet());
  }

  private OperationId next() {
    return new OperationId(
        id, row(id).row().sequence() + 1, clock.peek(Math.max(0, world.now() + clockOffset)));
  }

  private void log(
      OperationId next, @Nullable Bytes key, @Nullable KeyDelta delta, Said said, BitSet ops) {
    long before = row(id).chain();
    long chain = ChainHash.next(before, next.sequence(), world.newContent());
    CommitHeader header = new CommitHeader(id, next.sequence(), next.stamp(), 1, news(), chain);
    new Intake(this).enter(new Item.Single(header, before, key, delta, said, ops));
  }

  private VersionVector news() {
    VersionVector told = row(id).row().known();
    VersionVector news = VersionVector.EMPTY;
    for (var row : rows.entrySet()) {
      long sequence = row.getValue().row().sequence();
      if (row.getKey() != id && sequence > told.get(row.getKey())) {
        news = news.with(row.getKey(), sequence);
      }
    }
    return news;
  }

  /** Forgets what may be forgotten; whether that was anything. */
  boolean collect() {
    boolean[] dropped = new boolean[1];
    for (Bytes key : List.copyOf(keys.keySet())) {
      KeyDelta before = kept(key).copy();
      cells(key).forget();
      dropped[0] |= !before.equals(kept(key).asDelta());
    }
    return dropped[0];
  }

  /** The whole state, for others. */
  Item.State state() {
    Map<Bytes, KeyDelta> copies = new TreeMap<>();
    keys.forEach(
        (key, state) -> {
          KeyDelta copy = state.copy();
          boolean isRaised = world.breakage() != Breakage.FLOOR;
          byte[] head = isRaised ? lattice(key).raise(copy.head(), floor) : copy.head();
          copies.put(key, new KeyDelta(head, copy.cells()));
        });
    return new Item.State(
        new HashMap<>(rows), copies, new Said(roster, floor), (BitSet) seen.clone());
  }

  /** Every key reads as what is seen here means. */
  void check() {
    for (Bytes key : world.keys()) {
      assertThat(lattice(key).value(cells(key)))
          .as("%s (%s) at %s", key, world.schema().of(key), this)
          .isEqualTo(world.oracle().value(key, seen));
    }
  }

  /** What of its updates nobody else has seen. */
  List<Integer> unshared(List<Node> others) {
    BitSet only = (BitSet) seen.clone();
    others.stream().filter(other -> other != this).forEach(other -> only.andNot(other.seen));
    List<Integer> own = new ArrayList<>();
    only.stream().filter(index -> world.oracle().origin(index) == id).forEach(own::add);
    return own;
  }

  @Override
  public String toString() {
    return "node " + id;
  }
}
