package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.storage.membership.MembershipReport;

/** What a node takes for seen by every member is durable at every member. */
final class FloorsAreTrue implements Invariant {
  @Override
  public void visited(Node node) {
    MembershipReport report = node.store().members().report();
    VersionVector floor = report.reachable().seen();
    if (node.retired || floor.isEmpty()) {
      return;
    }
    for (Node member : node.cluster.members()) {
      // Whoever was let in counts from what its sponsor had seen: that it has to get first.
      boolean counts =
          member.hasJoined()
              && report.standings().stream()
                  .anyMatch(s -> s.replica() == member.id && !s.isRetired());
      if (counts) {
        VersionVector has = member == node ? member.seen : member.durable;
        require(has.dominates(floor), node, "floor", floor, "member", member.id, has);
      }
    }
  }
}
