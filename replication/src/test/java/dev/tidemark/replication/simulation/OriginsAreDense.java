package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.storage.log.OriginCoverage;

/**
 * What a node has seen of a replica never shrinks while it runs, and is a beginning of what that
 * has made: as many operations, with the same hash of its history.
 */
final class OriginsAreDense implements Invariant {
  @Override
  public void rose(Node node, VersionVector now) {
    require(now.dominates(node.seen), node, "had", node.seen, "has", now);
  }

  @Override
  public void visited(Node node) {
    for (OriginCoverage history : node.store().histories()) {
      node.cluster.truth.requireSame(node, history);
    }
  }
}
