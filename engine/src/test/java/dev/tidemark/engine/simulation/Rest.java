package dev.tidemark.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.FlooredCells;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The end of a schedule: partitions heal, everybody hears everything, and nobody has a reason to
 * speak any more. Then all hold the same, and all that could be forgotten is.
 */
final class Rest {
  private static final int MAX_ROUNDS = 30;

  private final Cluster cluster;

  Rest(Cluster cluster) {
    this.cluster = cluster;
  }

  void come() {
    cluster.inside.forEach(node -> node.group = 0);
    if (cluster.inside.stream().noneMatch(node -> node.roster.isFounded())) {
      // Whoever should have founded it is lost.
      cluster.inside.stream()
          .filter(node -> !node.isFenced)
          .findFirst()
          .ifPresent(node -> node.sponsor(node.id));
    }
    if (cluster.sponsor() == null) {
      // Those who retired the others are lost: there is nobody to belong to.
      return;
    }
    int rounds = 0;
    while (round()) {
      assertThat(++rounds).as("rounds until the cluster falls silent").isLessThan(MAX_ROUNDS);
    }
    agree();
  }

  private boolean round() {
    boolean changed = false;
    for (Node node : List.copyOf(cluster.inside)) {
      if (node.isFenced || node.roster.isRetired(node.id)) {
        changed |= cluster.comeBack(node);
      }
    }
    for (Node node : cluster.inside) {
      while (!node.isFenced
          && !node.toIssueAnew.isEmpty()
          && node.stability().ownRefusal() == null) {
        cluster.update(node);
        changed = true;
      }
    }
    changed |= retireTheDead();
    Node kept = null;
    for (Node from : cluster.inside) {
      for (Node to : cluster.inside) {
        VersionVector before = to.vector();
        if (from != to && !cluster.exchange(from, to)) {
          kept = from;
        }
        changed |= !before.equals(to.vector()) || from.isFenced || to.isFenced;
      }
    }
    for (Node node : cluster.inside) {
      if (!node.isFenced && node.pulse()) {
        cluster.tally.count(Kind.PULSE);
        changed = true;
      }
    }
    if (!changed && kept != null) {
      // Nobody who could vouch for it is left: to the others it is a stranger.
      kept.isFenced = true;
      return true;
    }
    return changed;
  }

  private boolean retireTheDead() {
    Node sponsor = cluster.sponsor();
    if (sponsor == null) {
      return false;
    }
    List<Long> left = new ArrayList<>();
    sponsor.stability().standings().stream()
        .filter(standing -> cluster.dead.contains(standing.replica()) && !standing.isRetired())
        .forEach(standing -> left.add(standing.replica()));
    left.forEach(replica -> cluster.retire(sponsor, replica));
    return !left.isEmpty();
  }

  private void agree() {
    Floor highest = Floor.NONE;
    for (Node node : cluster.inside) {
      node.collect();
      node.check();
      highest = highest.join(node.floor);
    }
    Node first = cluster.inside.get(0);
    for (Node node : cluster.inside) {
      assertThat(node.seen).as("what %s has seen, against %s", node, first).isEqualTo(first.seen);
      assertThat(states(node, highest)).as("%s", node).isEqualTo(states(first, highest));
      if (node.roster.isFounded()) {
        assertThat(node.floor.horizon())
            .as("floor of %s, with %s", node, node.stability().standings())
            .isGreaterThanOrEqualTo(cluster.world.oracle().newestStamp(node.seen));
      }
    }
  }

  /** What two stores of different floors must agree on. */
  private static Map<Bytes, KeyDelta> states(Node node, Floor floor) {
    Map<Bytes, KeyDelta> states = new TreeMap<>();
    node.keys.forEach(
        (key, kept) -> {
          KeyState copy = KeyState.bottomOf(node.lattice(key));
          KeyState bottom = KeyState.bottomOf(node.lattice(key));
          copy.head(kept.head());
          kept.asDelta().cells().forEach(copy::cell);
          new FlooredCells(copy, node.lattice(key), floor).forget();
          if (!copy.asDelta().equals(bottom.asDelta())) {
            states.put(key, copy.asDelta());
          }
        });
    return states;
  }
}
