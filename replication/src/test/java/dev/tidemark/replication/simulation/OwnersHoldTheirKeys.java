package dev.tidemark.replication.simulation;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Ring;
import java.util.List;

/** At rest a ring is handed over: who owns a key holds it, and nobody else does. */
final class OwnersHoldTheirKeys implements Invariant {
  @Override
  public void atRest(Cluster cluster) {
    for (Node node : cluster.members()) {
      Ring ring = node.store().ring().report().ring();
      for (String key : ring == null ? List.<String>of() : Workload.keys()) {
        List<String> owners = ring.owners(Bytes.utf8(key));
        boolean isOwner = owners.contains(node.name());
        require(isOwner == node.holds(Bytes.utf8(key)), node, key, "is of", owners);
        List<String> members = cluster.members().stream().map(Node::name).toList();
        require(members.containsAll(owners), node, key, "is of", owners, "members", members);
      }
    }
  }
}
