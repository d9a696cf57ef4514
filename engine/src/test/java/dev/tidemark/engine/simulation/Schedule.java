package dev.tidemark.engine.simulation;

import dev.tidemark.engine.stability.Standing;
import java.util.List;
import java.util.Random;

/** One history of a cluster, drawn from a seed. */
final class Schedule {
  private static final int MAX_INSIDE = 7;

  private final Random random;
  private final Temper temper;
  private final World world;
  private final Tally tally;
  private final Cluster cluster;

  Schedule(long seed, Temper temper, Breakage breakage, Tally tally) {
    this.random = new Random(seed);
    this.temper = temper;
    this.tally = tally;
    this.world = new World(random, breakage, tally);
    this.cluster = new Cluster(world, temper, random);
  }

  /** Plays it, and lets the cluster come to rest. */
  void play() {
    begin();
    int steps = 40 + random.nextInt(80);
    for (int i = 0; i < steps; i++) {
      if (random.nextInt(3) != 0) {
        world.tick();
      }
      step();
    }
    new Rest(cluster).come();
  }

  private void begin() {
    int nodes = 1 + random.nextInt(4);
    for (int i = 0; i < nodes; i++) {
      cluster.inside.add(cluster.newNode());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      cluster.outside.add(cluster.newNode());
    }
    // Those who are to be members without a joining have heard of each other.
    cluster.inside.forEach(cluster::update);
    for (Node from : cluster.inside) {
      cluster.inside.stream().filter(to -> to != from).forEach(to -> cluster.exchange(from, to));
    }
    found(cluster.inside.get(0));
  }

  private void found(Node first) {
    for (int i = random.nextInt(6); i > 0; i--) {
      step();
    }
    if (cluster.inside.contains(first)) {
      first.sponsor(first.id);
      tally.count(Kind.FOUND);
    }
  }

  private void step() {
    Node node = cluster.any();
    if (temper != Temper.EVEN && random.nextInt(3) == 0) {
      step(temper, node);
      return;
    }
    switch (random.nextInt(25)) {
      case 0, 1, 2, 3, 4 -> cluster.update(node);
      case 5, 6, 7, 8, 9 -> exchange(node);
      case 10, 11 -> pulse(node);
      case 12, 13 -> collect(node);
      case 14, 15 -> new Upkeep(node, random).fold();
      case 16 -> keep(node);
      case 17 -> partition();
      case 18 -> stepBack(node);
      case 19 -> outside();
      case 20 -> letIn();
      case 21 -> lose(node);
      case 22 -> retire(node);
      case 23 -> hearEachOther(node.group);
      default -> backUp(node);
    }
  }

  private void step(Temper more, Node node) {
    switch (more) {
      case PARTITIONS -> endure(node);
      case CHURN -> churn(node);
      default -> cluster.update(node);
    }
  }

  /** Both sides go on, and forget what they may. */
  private void endure(Node node) {
    if (cluster.inside.stream().allMatch(other -> other.group == 0)) {
      cluster.inside.forEach(other -> other.group = random.nextInt(2));
      tally.count(Kind.PARTITION);
    } else if (random.nextInt(12) == 0) {
      cluster.inside.forEach(other -> other.group = 0);
    } else if (random.nextBoolean()) {
      hearEachOther(node.group);
    } else {
      cluster.inside.forEach(this::collect);
    }
  }

  private void churn(Node node) {
    switch (random.nextInt(5)) {
      case 0 -> retire(node);
      case 1 -> lose(node);
      case 2 -> letIn();
      case 3 -> outside();
      default -> backUp(node);
    }
  }

  private void exchange(Node node) {
    Node peer = cluster.peerOf(node);
    if (peer != null) {
      cluster.exchange(node, peer);
    }
    if (node.isOut()) {
      boolean wasRetired = !node.isFenced;
      if (cluster.comeBack(node) && wasRetired) {
        tally.count(Kind.RETIRED_COMES_BACK);
      }
    }
  }

  private void pulse(Node node) {
    if (!node.isFenced && node.pulse()) {
      tally.count(Kind.PULSE);
    }
  }

  /** A quiet time: all that can reach each other do. */
  private void hearEachOther(int group) {
    List<Node> nodes = cluster.inside.stream().filter(node -> node.group == group).toList();
    for (int round = 0; round < 3; round++) {
      nodes.forEach(this::pulse);
      for (Node from : nodes) {
        nodes.stream().filter(to -> to != from).forEach(to -> cluster.exchange(from, to));
      }
    }
  }

  private void collect(Node node) {
    tally.count(Kind.COLLECT);
    if (node.collect()) {
      tally.count(Kind.COLLECT_DROPS_SOMETHING);
    }
    node.check();
  }

  private void keep(Node node) {
    if (random.nextBoolean()) {
      node.snapshot = node.state();
      tally.count(Kind.SNAPSHOT);
    } else {
      new Upkeep(node, random).truncate();
      tally.count(Kind.TRUNCATE);
    }
  }

  private void partition() {
    boolean heals = random.nextInt(3) == 0;
    cluster.inside.forEach(node -> node.group = heals ? 0 : random.nextInt(2));
    tally.count(Kind.PARTITION);
  }

  private void stepBack(Node node) {
    node.clockOffset -= random.nextInt(300);
    if (random.nextInt(3) == 0) {
      node.clockOffset = random.nextInt(200) - 100;
    }
    tally.count(Kind.CLOCK_STEPS_BACK);
  }

  /** Somebody who does not belong writes, or tries to get in by the back door. */
  private void outside() {
    if (cluster.outside.isEmpty()) {
      cluster.outside.add(cluster.newNode());
    }
    Node stranger = cluster.outside.get(random.nextInt(cluster.outside.size()));
    if (random.nextInt(3) != 0) {
      cluster.update(stranger);
      return;
    }
    Node door = cluster.any();
    if (temper == Temper.CHURN && random.nextBoolean()) {
      // What it writes reaches one that may be let in, and does not say so.
      Node other = cluster.outside.get(random.nextInt(cluster.outside.size()));
      if (other != stranger) {
        cluster.exchange(stranger, other);
      }
      return;
    }
    cluster.exchange(stranger, door);
    if (door.seen.intersects(stranger.seen)) {
      // It was let in, before there were members: so it counts from now on.
      cluster.outside.remove(stranger);
      cluster.inside.add(stranger);
      stranger.group = door.group;
      tally.count(Kind.STRANGER_COMES_BEFORE_THE_FOUNDING);
    }
  }

  private void letIn() {
    if (cluster.inside.size() >= MAX_INSIDE || cluster.outside.isEmpty()) {
      return;
    }
    Node stranger = cluster.outside.get(0);
    if (random.nextInt(3) == 0) {
      cluster.letIn(stranger);
      return;
    }
    if (cluster.join(cluster.newNode(), stranger.unshared(List.of())) != null) {
      cluster.outside.remove(stranger);
      // Somebody who was let in may have heard of it.
      cluster.dead.add(stranger.id);
    }
  }

  /** A node is lost for good, or comes back as its backup was. */
  private void lose(Node node) {
    Node backup = node.backup;
    if (cluster.inside.size() < 3 || node.isFenced) {
      return;
    }
    if (backup == null) {
      cluster.inside.remove(node);
      cluster.dead.add(node.id);
    } else if (random.nextBoolean()) {
      returnUnderOldId(node, backup);
    } else {
      returnUnderNewId(node, backup);
    }
  }

  /** Behind everybody's back; whoever it meets first knows more of it than it does itself. */
  private void returnUnderOldId(Node node, Node backup) {
    List<Node> ahead =
        cluster.inside.stream()
            .filter(other -> other != node)
            .filter(other -> other.vector().get(node.id) > backup.vector().get(node.id))
            .toList();
    if (ahead.isEmpty()) {
      return;
    }
    tally.count(Kind.RETURN_UNDER_THE_OLD_ID);
    cluster.inside.remove(node);
    Node back = backup.copy(node.id);
    cluster.inside.add(back);
    cluster.update(back);
    cluster.exchange(back, ahead.get(random.nextInt(ahead.size())));
    if (back.isOut()) {
      cluster.comeBack(back);
    }
  }

  private void returnUnderNewId(Node node, Node backup) {
    cluster.inside.remove(node);
    Node back = backup.copy(cluster.newId());
    Node sponsor = cluster.join(back, List.of());
    if (sponsor == null) {
      cluster.inside.add(node);
      return;
    }
    tally.count(Kind.RETURN_UNDER_A_NEW_ID);
    cluster.dead.add(node.id);
  }

  private void retire(Node node) {
    if (node.isFenced || !node.roster.isFounded() || node.stability().ownRefusal() != null) {
      return;
    }
    List<Standing> others =
        node.stability().standings().stream()
            .filter(other -> other.replica() != node.id && !other.isRetired())
            .toList();
    if (!others.isEmpty() && random.nextInt(3) == 0) {
      cluster.retire(node, others.get(random.nextInt(others.size())).replica());
    }
  }

  private void backUp(Node node) {
    node.backup = node.copy(node.id);
    tally.count(Kind.BACKUP);
  }
}
