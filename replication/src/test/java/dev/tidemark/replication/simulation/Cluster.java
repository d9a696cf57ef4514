package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.SessionEndedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The nodes and the network between them: who dials whom, and who can reach whom. */
final class Cluster {
  private static final long REDIAL_NANOS = 300 * World.MILLI;

  private final List<Invariant> invariants =
      new ArrayList<>(
          List.of(
              new AcknowledgedIsDurable(),
              new OnlyDurableSpreads(),
              new OriginsAreDense(),
              new PromisedIsKept(),
              new FloorsAreTrue(),
              new AllAgree(),
              new EffectsAreExact()));

  final World world;
  final Truth truth = new Truth();
  final Tally tally;
  private final Tampering tampering;
  private final Path root;
  private final Division division;
  private final Operator operator = new Operator(this);
  private final List<Node> nodes = new ArrayList<>();
  private final List<Wire> wires = new ArrayList<>();
  private final List<Pair> pairs = new ArrayList<>();

  /** Two that keep a connection, as far as they can. */
  private record Pair(Node dialler, Node listener) {}

  /** Who holds which keys. */
  enum Division {
    /** All hold all. */
    NONE,
    /** Some hold only some, and others whenever they start again. */
    CHANCE,
    /** A ring gives them to its members. */
    RING
  }

  /** A cluster of nobody yet. */
  Cluster(World world, Breakage breakage, Tally tally, Path root, Division division) {
    this.world = world;
    this.tampering = new Tampering(breakage);
    this.tally = tally;
    this.root = root;
    this.division = division;
    // Of a key that a store does not hold it cannot compare values.
    invariants.add(isRing() ? new OwnersHoldTheirKeys() : new ConflictsAreExact());
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Those that belong to it. */
  List<Node> members() {
    return nodes.stream().filter(node -> !node.retired).toList();
  }

  List<Node> up() {
    return nodes.stream().filter(Node::isUp).toList();
  }

  List<Wire> wires() {
    wires.removeIf(Wire::isDead);
    return wires;
  }

  /** Whether a ring divides the keys. */
  boolean isRing() {
    return division == Division.RING;
  }

  Operator operator() {
    return operator;
  }

  /** Those of them that hold all keys, always. */
  List<Node> whole() {
    return members().stream().filter(Node::isWhole).toList();
  }

  /**
   * Another node; connected to one that is there at least. Where some hold only some keys, whoever
   * holds all is connected to everybody: the others withhold from each other what they do not hold.
   * In a ring all are connected.
   */
  Node add() {
    boolean isPart = division == Division.CHANCE && !nodes.isEmpty() && world.oneIn(2);
    Node node = new Node(nodes.size() + 1, this, root, isPart ? new Holding(world) : null);
    List<Node> others = members();
    nodes.add(node);
    for (int i = 0; i < others.size(); i++) {
      Node other = others.get(i);
      boolean needed =
          isRing() || (division == Division.CHANCE && (node.isWhole() || other.isWhole()));
      if (needed || i == others.size() - 1 || world.oneIn(2)) {
        pair(world.oneIn(2) ? new Pair(node, other) : new Pair(other, node));
      }
    }
    return node;
  }

  /**
   * Whether the others can go on without a node. They cannot take what it made from each other
   * unless they know each other as members, which may be by its word only. And one that holds all
   * keys is left, and has what the lost one had of others: who is new, or widens, gets it from
   * there. If that held all keys itself, also what it made: folded, nobody can tell any more which
   * operations there were.
   */
  boolean isExpendable(Node lost) {
    List<Node> others = members().stream().filter(node -> node != lost).toList();
    boolean areAcquainted =
        others.stream()
            .allMatch(node -> others.stream().allMatch(other -> node.hasSeenJoiningOf(other)));
    if (!areAcquainted || isRing()) {
      return areAcquainted && operator.isSparedBy(others, lost);
    }
    VersionVector kept = lost.holdsAll() ? lost.seen : lost.seen.without(lost.id);
    return others.stream()
        .anyMatch(
            other ->
                other.isWhole() && (division == Division.NONE || other.durable.dominates(kept)));
  }

  /** Whether all that hold all keys have what a node made. */
  boolean isSpread(Node maker) {
    long made = maker.seen.get(maker.id);
    return whole().stream().allMatch(node -> node.durable.get(maker.id) >= made);
  }

  /** A node is gone for good: those that it connected stay connected. */
  void retire(Node gone) {
    gone.retired = true;
    vanish(gone);
    gone.stop();
    List<Node> around =
        pairs.stream()
            .filter(pair -> pair.dialler() == gone || pair.listener() == gone)
            .map(pair -> pair.dialler() == gone ? pair.listener() : pair.dialler())
            .distinct()
            .toList();
    pairs.removeIf(pair -> pair.dialler() == gone || pair.listener() == gone);
    for (int i = 1; i < around.size(); i++) {
      pair(new Pair(around.get(i - 1), around.get(i)));
    }
  }

  private void pair(Pair pair) {
    if (!pairs.contains(pair)) {
      pairs.add(pair);
      dial(pair);
    }
  }

  private void dial(Pair pair) {
    world.in(world.upTo(REDIAL_NANOS), () -> connect(pair));
  }

  private void connect(Pair pair) {
    Node dialler = pair.dialler();
    Node listener = pair.listener();
    if (!pairs.contains(pair)) {
      return;
    }
    dial(pair);
    boolean dialling = wires().stream().anyMatch(wire -> wire.isOf(dialler, listener));
    if (dialling
        || dialler.group != listener.group
        || !dialler.isUp()
        || !listener.isUp()
        || dialler.isConnected(listener)) {
      return;
    }
    Wire wire = new Wire(world, tampering, dialler, listener);
    Session theirs = listener.meet(wire.accepted, false);
    Session ours = dialler.meet(wire.dialled, true);
    wires.add(wire);
    begin(theirs);
    begin(ours);
  }

  private static void begin(Session session) {
    try {
      session.start();
    } catch (SessionEndedException refused) {
      throw new AssertionError(refused);
    }
  }

  /** All wires of a node are cut without a word from it. */
  void vanish(Node node) {
    for (Wire wire : wires()) {
      if (wire.touches(node)) {
        wire.vanish(node, world.oneIn(3));
      }
    }
  }

  /** Cuts what leads from one part of the network to another: silently or not. */
  void part(boolean silently) {
    for (Wire wire : wires()) {
      if (wire.dialled.node.group != wire.accepted.node.group) {
        if (silently) {
          wire.dialled.fallSilent();
          wire.accepted.fallSilent();
        } else {
          wire.reset();
        }
      }
    }
  }

  void sends(Node from, byte[] bytes, long number) {
    from.look();
    Frame frame = Frames.read(bytes, Integer.MAX_VALUE, number);
    tally.sent(frame.getKindCase().name());
    if (frame.hasRunBegin() && frame.getRunBegin().getState()) {
      tally.states++;
    }
    world.note(frame.getKindCase(), from.id, bytes.length);
    invariants.forEach(invariant -> invariant.sent(from, frame));
  }

  void rose(Node node, VersionVector now) {
    invariants.forEach(invariant -> invariant.rose(node, now));
  }

  void recovered(Node node, VersionVector found) {
    invariants.forEach(invariant -> invariant.recovered(node, found));
  }

  void visit(Node node) {
    invariants.forEach(invariant -> invariant.visited(node));
  }

  void ended(Node node, Session session) {
    SessionEndedException why = session.ended();
    if (why != null) {
      tally.ended(why.reason());
      world.note(why.reason(), node.id, 0);
    }
  }

  /** Whether all members are up and have seen and forced the same. */
  private boolean isLevel() {
    List<Node> members = members();
    return members.stream()
        .allMatch(
            node ->
                node.isUp()
                    && node.isHoldingAllItIsTo()
                    && node.seen.equals(members.get(0).seen)
                    && node.durable.equals(node.seen));
  }

  /** Lets all come to rest. */
  void rest() {
    nodes.forEach(node -> node.group = 0);
    members().forEach(Node::startAgain);
    for (Node node : up()) {
      node.sync();
    }
    if (isRing()) {
      operator.look();
    }
    world.passUntil(this::isLevel, world.nanos() + 90 * World.SECOND);
    invariants.forEach(invariant -> invariant.atRest(this));
    up().forEach(this::visit);
  }
}
