package dev.tidemark.engine.simulation;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The nodes of a schedule and what can happen between them. */
final class Cluster {
  final World world;
  final Random random;
  final Tally tally;
  final List<Node> inside = new ArrayList<>();
  final List<Node> outside = new ArrayList<>();
  final List<Long> dead = new ArrayList<>();
  private final Temper temper;
  private long lastId;

  Cluster(World world, Temper temper, Random random) {
    this.world = world;
    this.temper = temper;
    this.random = random;
    this.tally = world.tally();
  }

  Node newNode() {
    Node node = new Node(world, newId());
    node.clockOffset = random.nextInt(200) - 100;
    return node;
  }

  /** Any order of ids among themselves, the signed and the unsigned one differing. */
  long newId() {
    lastId++;
    return random.nextBoolean() ? lastId : -lastId;
  }

  Node any() {
    return inside.get(random.nextInt(inside.size()));
  }

  /** Some other node that can be reached, or null. */
  @Nullable Node peerOf(Node node) {
    List<Node> peers =
        inside.stream().filter(other -> other != node && other.group == node.group).toList();
    return peers.isEmpty() ? null : peers.get(random.nextInt(peers.size()));
  }

  /** Some member that may let others in, or null. */
  @Nullable Node sponsor() {
    List<Node> members =
        inside.stream()
            .filter(node -> node.roster.isFounded() && !node.isFenced)
            .filter(node -> node.stability().ownRefusal() == null)
            .toList();
    return members.isEmpty() ? null : members.get(random.nextInt(members.size()));
  }

  void update(Node node) {
    Bytes key = world.keys().get(random.nextInt(world.keys().size()));
    Strategy strategy = world.schema().of(key).strategy();
    Update update =
        temper == Temper.REMOVES
            ? Updates.removing(strategy, random)
            : Updates.any(strategy, random);
    Integer again = node.toIssueAnew.peek();
    if (again != null) {
      key = world.oracle().key(again);
      update = world.oracle().update(again);
    }
    if (!node.isFenced && node.update(key, update)) {
      tally.count(Kind.UPDATE);
      if (again != null) {
        node.toIssueAnew.remove();
      }
      node.check();
    }
  }

  /** Hands over what the other lacks, as far as that lets it in; whether all of it was let in. */
  boolean exchange(Node from, Node to) {
    if (from.isFenced || to.isFenced || !greet(from, to)) {
      return false;
    }
    tally.count(Kind.EXCHANGE);
    VersionVector before = to.vector();
    boolean isWelcome = hand(from, to);
    if (!before.equals(to.vector())) {
      to.check();
    }
    return isWelcome;
  }

  private boolean hand(Node from, Node to) {
    Intake intake = new Intake(to);
    try {
      if (!to.vector().dominates(from.cut)) {
        intake.take(stateOf(from), from.id);
      }
      List.copyOf(from.log).forEach(item -> intake.take(item, from.id));
      return true;
    } catch (Refused refused) {
      tally.count(refused.kind());
      to.isFenced |= refused.kind() == Kind.STATE_IS_REFUSED;
      from.isFenced |= refused.kind() == Kind.FORK_IS_REFUSED;
      return false;
    }
  }

  /** The handshake: each tells the other why it must not go on, before anything is handed over. */
  private boolean greet(Node one, Node other) {
    if (world.breakage() == Breakage.HANDSHAKE) {
      return true;
    }
    // Both look before either acts: two that retired each other are both told.
    Expulsion ofOne = other.expulsion(one);
    Expulsion ofOther = one.expulsion(other);
    tell(one, ofOne);
    tell(other, ofOther);
    boolean isForked = isBehindItself(one, other) | isBehindItself(other, one);
    return ofOne == null && ofOther == null && !isForked;
  }

  private void tell(Node node, @Nullable Expulsion expulsion) {
    if (expulsion != null) {
      tally.count(expulsion.isOf(node.id) ? Kind.RETIRED_IS_TOLD : Kind.CUT_OFF_IS_TOLD);
      node.withdraw();
    }
  }

  /** A store that a peer knows better than it knows itself must not go on. */
  private boolean isBehindItself(Node node, Node peer) {
    if (peer.vector().get(node.id) <= node.vector().get(node.id)) {
      return false;
    }
    tally.count(Kind.FORK_IS_REFUSED);
    node.isFenced = true;
    return true;
  }

  private Item.State stateOf(Node from) {
    Item.State older = from.snapshot;
    return older != null && older.after().dominates(from.cut) && random.nextBoolean()
        ? older
        : from.state();
  }

  /**
   * Lets a store in under a new id: from scratch, or with what a backup has.
   *
   * @param anew the updates that it makes again, under its new id
   */
  @Nullable Node join(Node joiner, List<Integer> anew) {
    Node sponsor = sponsor();
    if (sponsor == null || sponsor == joiner) {
      return null;
    }
    sponsor.sponsor(joiner.id);
    joiner.group = sponsor.group;
    joiner.toIssueAnew.addAll(anew);
    tally.count(anew.isEmpty() ? Kind.JOIN : Kind.JOIN_WITH_EARLIER_WRITES);
    exchange(sponsor, joiner);
    inside.add(joiner);
    return sponsor;
  }

  /** Lets a store in under the id that it has; one that wrote under it must not go on. */
  void letIn(Node stranger) {
    Node sponsor = sponsor();
    if (sponsor == null) {
      return;
    }
    sponsor.sponsor(stranger.id);
    stranger.group = sponsor.group;
    tally.count(Kind.JOIN_UNDER_THE_OLD_ID);
    outside.remove(stranger);
    inside.add(stranger);
    if (random.nextBoolean()) {
      exchange(sponsor, stranger);
    }
  }

  /** A node that may not go on as it is: what only it had is made again by a new one. */
  boolean comeBack(Node node) {
    List<Integer> anew = node.unshared(inside);
    anew.addAll(node.toIssueAnew);
    inside.remove(node);
    Node sponsor = join(newNode(), anew);
    if (sponsor == null) {
      inside.add(node);
      return false;
    }
    dead.add(node.id);
    retire(sponsor, node.id);
    return true;
  }

  /**
   * Nobody is left who could let anybody in. The operator takes what one store has, and founds the
   * cluster with it again, under a new id; the others come back to it.
   */
  void foundAgain() {
    Node best =
        inside.stream().filter(node -> !node.isFenced).findFirst().orElseGet(() -> inside.get(0));
    Node founder = best.copy(newId());
    founder.toIssueAnew.addAll(best.toIssueAnew);
    inside.remove(best);
    dead.add(best.id);
    founder.foundAgain();
    inside.add(founder);
    tally.count(Kind.FOUND_AGAIN);
  }

  void retire(Node by, long victim) {
    if (!by.roster.isRetired(victim)) {
      by.retire(victim);
      tally.count(Kind.RETIRE);
    }
  }
}
