package dev.tidemark.replication.simulation;

import dev.tidemark.Tidemark;
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
      Tidemark store = node.store();
      cluster
          .truth
          .counters(node.seen)
          .forEach(
              (key, sum) -> expect(node, key, store.value(key), new Value.Counter(value(sum))));
      cluster
          .truth
          .growing(node.seen)
          .forEach(
              (key, all) ->
                  expect(node, key, store.value(key), new Value.Elements(List.copyOf(all))));
    }
  }

  private static BigInteger value(long sum) {
    return BigInteger.valueOf(sum);
  }

  private void expect(Node node, String key, Value found, Value expected) {
    boolean held = node.store().interest().covers(Bytes.utf8(key));
    require(!held || found.equals(expected), node, key, found, "expected", expected);
  }
}
