package dev.tidemark.replication.simulation;

import dev.tidemark.engine.operation.Value;
import java.util.SortedMap;

/**
 * Those who have seen the same hold the same of the keys that both hold. At rest all have seen the
 * same, and hold what they are to hold.
 */
final class AllAgree implements Invariant {
  @Override
  public void atRest(Cluster cluster) {
    Node first = cluster.whole().get(0);
    SortedMap<String, Value> values = Workload.values(first.store());
    for (Node node : cluster.members()) {
      require(node.seen.equals(first.seen), node, node.seen, "and node", first.id, first.seen);
      require(node.isHoldingAllItIsTo(), node, "is to hold", node.store().wanted());
      SortedMap<String, Value> here = Workload.values(node.store());
      here.forEach(
          (key, value) ->
              require(
                  value.equals(values.get(key)),
                  node,
                  key,
                  value,
                  "and node",
                  first.id,
                  values.get(key)));
    }
  }
}
