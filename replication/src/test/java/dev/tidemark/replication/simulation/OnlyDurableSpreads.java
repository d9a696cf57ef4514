package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.VersionVector;

/** Nobody has seen of a replica what its maker could still lose and number again. */
final class OnlyDurableSpreads implements Invariant {
  @Override
  public void rose(Node node, VersionVector now) {
    for (Node maker : node.cluster.nodes()) {
      if (maker != node) {
        long seen = now.get(maker.id);
        long durable = maker.durable.get(maker.id);
        require(seen <= durable, node, "maker", maker.id, "seen", seen, "durable", durable);
      }
    }
  }
}
