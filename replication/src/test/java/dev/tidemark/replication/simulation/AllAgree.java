package dev.tidemark.replication.simulation;

import dev.tidemark.engine.operation.Value;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Those who have seen the same hold the same of the keys that both hold. At rest all have seen the
 * same, and hold what they are to hold.
 */
final class AllAgree implements Invariant {
  @Override
  public void atRest(Cluster cluster) {
    Node first = cluster.members().get(0);
    SortedMap<String, Value> values = new TreeMap<>();
    for (Node node : cluster.members()) {
      require(node.seen.equals(first.seen), node, node.seen, "and node", first.id, first.seen);
      require(
          node.isHoldingAllItIsTo(),
          node,
          "is to hold",
          node.store().wanted(),
          node.store().ring().report());
      SortedMap<String, Value> here = Workload.values(node.store());
      here.forEach(
          (key, value) -> {
            Value before = values.putIfAbsent(key, value);
            require(before == null || value.equals(before), node, key, value, "before", before);
          });
    }
  }
}
