package dev.tidemark.replication.simulation;

import dev.tidemark.MissingOperations;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who has the members of a cluster divide the keys by a ring, and looks after it. */
final class Operator {
  private static final int POINTS = 3;
  private static final int COPIES = 2;
  private static final long LOOKS_NANOS = World.SECOND;

  private final Cluster cluster;

  Operator(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Announces the first ring, or has a member come or leave; false if that is not to be. */
  boolean change(Node at) {
    Ring ring = ring(at);
    if (ring == null) {
      return cluster.up().stream().filter(Node::holdsAll).anyMatch(this::announce);
    }
    List<String> outside = new ArrayList<>();
    cluster.members().forEach(node -> outside.add(node.name()));
    outside.removeAll(ring.members());
    if (!outside.isEmpty() && cluster.world.oneIn(2)) {
      return isTaken(() -> at.store().ring().join(cluster.world.anyOf(outside)));
    }
    return isTaken(() -> at.store().ring().leave(cluster.world.anyOf(List.copyOf(ring.members()))));
  }

  private boolean announce(Node at) {
    Set<String> first = new TreeSet<>(List.of(at.name()));
    for (Node node : cluster.members()) {
      if (cluster.world.oneIn(2)) {
        first.add(node.name());
      }
    }
    boolean isAnnounced =
        isTaken(() -> at.store().ring().announce(POINTS, COPIES, List.copyOf(first)));
    at.touch();
    return isAnnounced;
  }

  /**
   * Whoever is lost is waited for no more. Another change may count instead: then it is tried
   * again.
   */
  void drop(Node at, Node lost) {
    Ring ring = ring(at);
    if (ring != null && ring.participants().contains(lost.name())) {
      if (ring.members().equals(Set.of(lost.name()))) {
        isTaken(() -> at.store().ring().join(at.name()));
      }
      isTaken(() -> at.store().ring().drop(lost.name()));
      at.touch();
    }
  }

  /** From now on sees to it that nobody waits for whoever is lost. */
  void look() {
    for (Node at : cluster.up()) {
      if (at.hasJoined() && !at.retired) {
        cluster.nodes().stream().filter(node -> node.retired).forEach(lost -> giveUp(at, lost));
        at.store().members().acknowledge();
        at.touch();
      }
    }
    cluster.world.in(LOOKS_NANOS, this::look);
  }

  /** What was said of it before may have been lost with whoever said it. */
  private void giveUp(Node at, Node lost) {
    if (at.store().members().report().members().contains(lost.id)) {
      isTaken(() -> at.store().members().retire(lost.id));
      at.touch();
    }
    drop(at, lost);
  }

  /**
   * Whether somebody else holds each key that one holds, and has what it had of others: who is to
   * own the key gets it from there. If that is the one that held all keys, also what it made. And
   * that is known by its commits: nobody can say of what came as part of a state that it is lost.
   */
  boolean isSparedBy(Collection<Node> others, Node lost) {
    List<Node> up = others.stream().filter(Node::isUp).toList();
    up.forEach(Node::sync);
    VersionVector kept = lost.holdsAll() ? lost.seen : lost.seen.without(lost.id);
    boolean isHeld =
        Workload.keys().stream()
            .map(Bytes::utf8)
            .filter(lost::holds)
            .allMatch(
                key ->
                    up.stream().anyMatch(node -> node.holds(key) && node.durable.dominates(kept)));
    return isHeld && others.stream().allMatch(Node::isUp) && isKnownByCommits(others, lost.id);
  }

  private static boolean isKnownByCommits(Collection<Node> others, long maker) {
    long least = others.stream().mapToLong(node -> node.seen.get(maker)).min().orElse(0);
    long most = others.stream().mapToLong(node -> node.seen.get(maker)).max().orElse(0);
    SortedSet<Long> known = new TreeSet<>();
    for (Node node : others) {
      MissingOperations.of(node.store(), Interest.NONE, maker, least + 1, Integer.MAX_VALUE)
          .commits()
          .forEach(
              commit -> known.add(CommitCodec.decodeHeader(new ByteReader(commit)).lastSequence()));
    }
    // A commit is one operation here.
    return known.size() == most - least;
  }

  private static @Nullable Ring ring(Node at) {
    return at.store().ring().report().ring();
  }

  /** Whoever takes no part, or has too many rings to wait for, refuses. */
  private static boolean isTaken(Runnable order) {
    try {
      order.run();
      return true;
    } catch (IllegalStateException | IllegalArgumentException refused) {
      return false;
    }
  }
}
