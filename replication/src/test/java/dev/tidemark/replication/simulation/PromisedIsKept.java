package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.VersionVector;

/** What a node told anybody to survive a power loss is there after each. */
final class PromisedIsKept implements Invariant {
  @Override
  public void recovered(Node node, VersionVector found) {
    require(found.dominates(node.promised), node, "found", found, "promised", node.promised);
    require(found.dominates(node.durable), node, "found", found, "durable", node.durable);
  }

  @Override
  public void atRest(Cluster cluster) {
    for (Node node : cluster.members()) {
      for (Node promising : cluster.members()) {
        require(
            node.seen.dominates(promising.promised),
            node,
            "seen",
            node.seen,
            "promised by",
            promising.id,
            promising.promised);
      }
    }
  }
}
