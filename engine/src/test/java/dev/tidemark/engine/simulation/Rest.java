package dev.tidemark.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.FlooredCells;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The end of a schedule: partitions heal, everybody hears everything, and nobody has a reason to
 * speak any more. Then all hold the same, and all that could be forgotten is.
 */
final class Rest {
  private static final int MAX_ROUNDS = 60;

  private final Cluster cluster;

  Rest(Cluster cluster) {
    this.cluster = cluster;
  }

  void come() {
    cluster.inside.forEach(node -> node.group = 0);
    // Of some of them operations are here, through others who were let in: nobody waits for them.
    cluster.outside.forEach(node -> cluster.dead.add(node.id));
    if (cluster.inside.stream().noneMatch(node -> node.roster.isFounded())) {
      // Whoever should have founded it is lost.
      cluster.inside.stream()
          .filter(node -> !node.isFenced)
          .findFirst()
          .ifPresent(node -> node.sponsor(node.id));
    }
    int rounds = 0;
    while (round()) {
      if (++rounds == MAX_ROUNDS) {
        throw new NoRestError(rounds);
      }
    }
    agree();
  }

  private boolean round() {
    boolean changed = false;
    for (Node node : List.copyOf(cluster.inside)) {
      if (node.isOut()) {
        changed |= cluster.comeBack(node);
      }
    }
    for (Node node : cluster.inside) {
      while (!node.isOut()
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
        boolean wereOut = from.isOut() || to.isOut();
        VersionVector before = to.vector();
        boolean isWelcome = from == to || cluster.exchange(from, to);
        boolean areOut = from.isOut() || to.isOut();
        if (!isWelcome && !areOut) {
          // One who may not write yet and does not know whom it meets is the one that can go.
          boolean isNew = to.stability().ownRefusal() == Refusal.STRANGER;
          kept = isNew ? to : from;
          if (isNew) {
            // Instead of a log in which somebody was heard whom nobody would listen to now.
            new Upkeep(from, cluster.random).truncateAll();
          }
        }
        changed |= !before.equals(to.vector()) || areOut != wereOut;
      }
    }
    for (Node node : cluster.inside) {
      if (!node.isFenced && node.pulse()) {
        cluster.tally.count(Kind.PULSE);
        changed = true;
      }
    }
    return changed || isHelped(kept);
  }

  /** What an operator does when nothing goes on by itself; whether there was anything to do. */
  private boolean isHelped(@Nullable Node kept) {
    if (cluster.sponsor() == null) {
      cluster.foundAgain();
      return true;
    }
    if (kept != null) {
      // Nobody who could vouch for it is left: to the others it is a stranger.
      kept.isFenced = true;
      return true;
    }
    return false;
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
