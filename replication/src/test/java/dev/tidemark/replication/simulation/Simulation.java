package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.error.TidemarkException;
import java.nio.file.Path;
import java.util.List;

/** One history of a cluster, drawn from a seed. */
final class Simulation {
  /** By how much more rarely a node is shaken as a whole: storms and long stretches without one. */
  private static final int[] CALMS = {16, 1, 4};

  /**
   * In some histories some nodes hold only some keys, and others whenever they start again; where
   * members are counted, since such a node folds what it made once all have it that it knows of.
   */
  private static final int PARTIAL_ONE_IN = 5;

  /** In others of these a ring divides the keys among the nodes. */
  private static final int RING_ONE_IN = 7;

  private static final int MOST_NODES = 6;
  private static final int VISITS_ONE_IN = 50;
  private static final long LONGEST_STEP_NANOS = 3 * World.MILLI;
  private static final long LONGEST_ABSENCE_NANOS = 2 * World.SECOND;
  private static final int MOST_OFFSET_MILLIS = 25_000;

  final World world;
  private final Cluster cluster;
  private final Tally tally;
  private final boolean founded;
  private final Cluster.Division division;
  private final int calm;
  private final int weights;
  private boolean resting;

  Simulation(long seed, Breakage breakage, Tally tally, Path root) {
    this.world = new World(seed);
    this.tally = tally;
    // Members are counted in every other history: only then something is forgotten.
    this.founded = seed % 2 == 1;
    this.calm = calm(seed);
    this.division = founded ? division(seed) : Cluster.Division.NONE;
    this.weights = weights();
    this.cluster = new Cluster(world, breakage, tally, root, division);
  }

  /** By how much more rarely than in a storm nodes are shaken in the history of a seed. */
  static int calm(long seed) {
    return CALMS[(int) (seed % CALMS.length)];
  }

  private static Cluster.Division division(long seed) {
    if (seed % RING_ONE_IN == 0) {
      return Cluster.Division.RING;
    }
    return seed % PARTIAL_ONE_IN == 0 ? Cluster.Division.CHANCE : Cluster.Division.NONE;
  }

  private int weights() {
    int sum = 0;
    for (Deed deed : Deed.values()) {
      sum += weight(deed);
    }
    return sum;
  }

  /** What shakes a whole node takes as long as hundreds of frames. */
  private int weight(Deed deed) {
    if (deed == Deed.RING_CHANGE && division != Cluster.Division.RING) {
      return 0;
    }
    return deed.isHeavy ? deed.weight : deed.weight * calm;
  }

  /** Plays until so many events have happened, and lets the cluster come to rest. */
  void play(long events) {
    boolean completed = false;
    try {
      Node first = cluster.add();
      if (founded) {
        first.store().members().found();
        first.touch();
      }
      for (int i = 1 + world.random.nextInt(3); i > 0; i--) {
        join();
      }
      act();
      world.passUntil(() -> world.events() >= events, Long.MAX_VALUE);
      resting = true;
      cluster.rest();
      completed = true;
    } finally {
      tally.runs++;
      tally.events += world.events();
      close(completed);
    }
  }

  private void close(boolean completed) {
    try {
      cluster.nodes().forEach(Node::kill);
    } catch (RuntimeException | AssertionError e) {
      if (completed) {
        throw e;
      }
    }
  }

  private void act() {
    if (resting) {
      return;
    }
    world.in(world.upTo(LONGEST_STEP_NANOS), this::act);
    List<Node> up = cluster.up();
    if (up.isEmpty()) {
      return;
    }
    Node node = world.anyOf(up);
    Deed deed = draw();
    if (perform(deed, node)) {
      tally.did(deed);
      world.event(deed, node.id, 0);
    }
    node.touch();
    if (world.oneIn(VISITS_ONE_IN) && node.isUp()) {
      cluster.visit(node);
    }
  }

  private Deed draw() {
    int at = world.random.nextInt(weights);
    for (Deed deed : Deed.values()) {
      at -= weight(deed);
      if (at < 0) {
        return deed;
      }
    }
    throw new AssertionError();
  }

  private boolean perform(Deed deed, Node node) {
    try {
      return switch (deed) {
        case UPDATE -> Workload.update(node, world.random);
        case SYNC -> done(node::sync);
        case RESET, ONE_WAY_CUT, REPEATED_FRAME, ALTERED_FRAME -> disturb(deed);
        case PARTITION -> partition();
        case HEAL -> done(() -> cluster.nodes().forEach(each -> each.group = 0));
        case RESTART -> away(node, node::stop, LONGEST_ABSENCE_NANOS);
        case LEAVE -> away(node, node::stop, 10 * LONGEST_ABSENCE_NANOS);
        case POWER_LOSS -> away(node, node::losePower, LONGEST_ABSENCE_NANOS);
        case CLOCK_JUMP ->
            done(() -> node.offsetMillis = world.random.nextInt(MOST_OFFSET_MILLIS) * sign());
        case ROLL -> done(node.store()::roll);
        case COMPACT -> shorten(node, node.store()::compact);
        case TRUNCATE -> shorten(node, node.store()::truncate);
        case ANNOUNCE -> node.store().members().acknowledge();
        case COLLECT -> done(node.store()::collect);
        case JOIN -> join();
        case RETIRE -> retire(node);
        case RING_CHANGE -> cluster.operator().change(node);
      };
    } catch (TidemarkException refused) {
      // Somebody who is not let in yet, or has heard that it was retired.
      return false;
    }
  }

  private int sign() {
    return world.oneIn(2) ? 1 : -1;
  }

  private static boolean done(Runnable what) {
    what.run();
    return true;
  }

  /** Looked at before: afterwards its log does not tell any more what it did. */
  private boolean shorten(Node node, Runnable how) {
    node.sync();
    cluster.visit(node);
    how.run();
    return true;
  }

  private boolean disturb(Deed deed) {
    List<Wire> wires = cluster.wires();
    if (wires.isEmpty()) {
      return false;
    }
    Wire wire = world.anyOf(wires);
    Wire.End end = world.oneIn(2) ? wire.dialled : wire.accepted;
    switch (deed) {
      case RESET -> wire.reset();
      case ONE_WAY_CUT -> end.fallSilent();
      case REPEATED_FRAME -> end.repeatNext();
      default -> end.alterNext();
    }
    return true;
  }

  private boolean partition() {
    cluster.nodes().forEach(node -> node.group = world.random.nextInt(2));
    cluster.part(world.oneIn(2));
    return true;
  }

  private boolean away(Node node, Runnable goes, long longest) {
    goes.run();
    world.in(world.upTo(longest), node::startAgain);
    return true;
  }

  private boolean join() {
    if (cluster.nodes().size() >= MOST_NODES) {
      return false;
    }
    List<Node> sponsors = cluster.up().stream().filter(this::maySponsor).toList();
    if (sponsors.isEmpty()) {
      return false;
    }
    Node sponsor = world.anyOf(sponsors);
    Dot joining = null;
    if (founded) {
      sponsor.store().members().admit(cluster.nodes().size() + 1);
      sponsor.touch();
      joining = new Dot(sponsor.id, sponsor.seen.get(sponsor.id));
    }
    cluster.add().joining = joining;
    return true;
  }

  /** Who has not heard of the cluster yet would let in a stranger. */
  private boolean maySponsor(Node node) {
    return !founded || (node.hasJoined() && node.store().members().report().isFounded());
  }

  /** Its machine is lost: only what it had shown to others is left of it. */
  private boolean retire(Node sponsor) {
    List<Node> others = cluster.members().stream().filter(node -> node != sponsor).toList();
    if (others.size() < 2 || !sponsor.store().members().report().isFounded()) {
      return false;
    }
    Node lost = world.anyOf(others);
    if (!cluster.isExpendable(lost)) {
      return false;
    }
    try {
      sponsor.store().members().retire(lost.id);
    } catch (IllegalArgumentException notAMember) {
      return false;
    }
    cluster.retire(lost);
    cluster.operator().drop(sponsor, lost);
    return true;
  }
}
