package dev.tidemark.replication.simulation;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import java.math.BigInteger;
import java.util.List;

/**
 * Each operation that was seen has its effect, once, where its key is held: counters and growing
 * sets show it.
 */
final class EffectsAreExact implements Invariant {
  @Override
  public void atRest(Cluster cluster) {
    for (Node node : cluster.members()) {
      cluster
          .truth
          .counters(node.seen)
          .forEach((key, sum) -> expect(node, key, new Value.Counter(BigInteger.valueOf(sum))));
      cluster
          .truth
          .growing(node.seen)
          .forEach((key, all) -> expect(node, key, new Value.Elements(List.copyOf(all))));
    }
  }

  private void expect(Node node, String key, Value expected) {
    if (node.store().interest().covers(Bytes.utf8(key))) {
      Value found = node.store().value(key);
      require(found.equals(expected), node, key, found, "expected", expected);
    }
  }
}
