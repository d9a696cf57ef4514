package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.replication.gossip.GossipOptions;
import dev.tidemark.replication.gossip.Member;
import dev.tidemark.replication.gossip.MemberTable;
import dev.tidemark.replication.session.SessionStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members that know one of the others get to know all. */
class GossipTest {
  private static final Set<String> ALL = Set.of("a", "b", "c", "d");

  @RegisterExtension final Stores stores = new Stores();

  private Replicator start(
      Tidemark store, String name, GossipOptions.Dial dial, Replicator... peers) throws Exception {
    return stores.start(
        store,
        Loopback.options(name)
            .withAllowed(ALL)
            .withGossip(GossipOptions.DEFAULT.withPace(Duration.ofMillis(20), 3).withDial(dial))
            .withPeers(Loopback.of(peers)));
  }

  private static long met(Replicator replicator) {
    return replicator.status().sessions().stream()
        .mapToLong(SessionStatus::replicaId)
        .filter(replica -> replica != 0)
        .distinct()
        .count();
  }

  private static Optional<Member> member(Replicator replicator, String name) {
    return replicator.status().members().stream()
        .map(MemberTable.Sight::member)
        .filter(member -> member.name().equals(name))
        .findFirst();
  }

  private static Member.State state(Replicator replicator, String name) {
    return member(replicator, name).map(Member::state).orElse(null);
  }

  @Test
  void whoKnowsOneSeedEndsUpTalkingToAll() throws Exception {
    Tidemark[] all = {stores.open(1), stores.open(2), stores.open(3), stores.open(4)};
    GossipOptions.Dial dial = GossipOptions.Dial.ALLOWED;
    Replicator a = start(all[0], "a", dial);
    Replicator b = start(all[1], "b", dial, a);
    Replicator c = start(all[2], "c", dial, b);
    Replicator d = start(all[3], "d", dial, a);
    for (Replicator each : List.of(a, b, c, d)) {
      Stores.await(() -> met(each) == 3, () -> "met " + met(each) + ": " + each.status());
    }
    for (int i = 0; i < all.length; i++) {
      Stores.write(all[i], i, 20);
    }
    Stores.awaitEqual(all);
    Stores.await(() -> state(d, "c") == Member.State.ALIVE, () -> "" + d.status().members());
    c.close();
    Stores.await(() -> state(d, "c") == Member.State.LEFT, () -> "" + d.status().members());
  }

  /**
   * Networks of containers give names with an underscore, which to the library that dials are none.
   * A member that heard of one said nothing to anybody any more, and was taken for down.
   */
  @Test
  void goesOnBesideAnAddressThatCannotBeDialled() throws Exception {
    Replicator a = start(stores.open(1), "a", GossipOptions.Dial.ANYBODY);
    Replicator b = start(stores.open(2), "b", GossipOptions.Dial.NOBODY, a);
    stores.start(
        stores.open(3),
        Loopback.options("c")
            .withGossip(
                GossipOptions.DEFAULT
                    .withPace(Duration.ofMillis(20), 3)
                    .withAddresses(List.of("node_c:7000")))
            .withPeers(Loopback.of(b)));
    Stores.await(() -> member(a, "c").isPresent(), () -> "" + a.status());
    long beat = member(b, "a").orElseThrow().beat();
    Stores.await(() -> member(b, "a").orElseThrow().beat() > beat + 5, () -> "" + b.status());
  }

  @Test
  void knowsOfMembersThatItDoesNotDial() throws Exception {
    GossipOptions.Dial dial = GossipOptions.Dial.NOBODY;
    Replicator a = start(stores.open(1), "a", dial);
    Replicator b = start(stores.open(2), "b", dial, a);
    Replicator c = start(stores.open(3), "c", dial, b);
    Stores.await(
        () -> state(c, "a") == Member.State.ALIVE && state(a, "c") == Member.State.ALIVE,
        () -> "" + c.status());
    assertThat(met(c)).isEqualTo(1);
    assertThat(met(a)).isEqualTo(1);
  }
}
