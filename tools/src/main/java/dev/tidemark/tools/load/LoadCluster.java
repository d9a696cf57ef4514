package dev.tidemark.tools.load;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.stability.Standing;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.membership.MembershipReport;
import java.util.List;

/**
 * The cluster of a workload's store: the store, and the replica that the last writer of its session
 * stands for. Whoever wrote for earlier sessions is never heard of again, and is retired, so that
 * the store can forget. Each step can be the last before a kill; the next session goes on.
 */
final class LoadCluster {
  private final Tidemark store;
  private final long partner;

  private LoadCluster(Tidemark store, long partner) {
    this.store = store;
    this.partner = partner;
  }

  /** Makes it consist of the store and its partner. */
  static void gather(Tidemark store, long partner) {
    new LoadCluster(store, partner).gather();
  }

  private void gather() {
    if (!report().isFounded()) {
      store.members().found();
    }
    if (report().ownRefusal()) {
      beAdmitted();
    }
    if (others().stream().noneMatch(member -> member.replica() == partner)) {
      store.members().admit(partner);
    }
    for (Standing member : others()) {
      if (member.replica() != partner) {
        store.members().retire(member.replica());
      }
    }
  }

  /** Recovery has given the store another id, and only a member can let that in. */
  private void beAdmitted() {
    store.flush();
    Standing sponsor = others().get(0);
    RemoteReplica member = asKnown(sponsor.replica());
    store.accept(member.admission(report(), store.replicaId()), sponsor.replica());
  }

  private RemoteReplica asKnown(long replica) {
    try (StateExport export = store.export()) {
      return export.coverage().stream()
          .filter(origin -> origin.origin() == replica)
          .findFirst()
          .map(RemoteReplica::new)
          .orElseGet(() -> new RemoteReplica(replica));
    }
  }

  private MembershipReport report() {
    return store.members().report();
  }

  private List<Standing> others() {
    return report().standings().stream()
        .filter(member -> !member.isRetired() && member.replica() != store.replicaId())
        .toList();
  }
}
