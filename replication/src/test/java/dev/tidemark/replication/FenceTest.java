package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Exchanges;
import dev.tidemark.Tidemark;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.replication.wire.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Stores that were retired behind their backs hear of it when they connect. */
class FenceTest {
  @RegisterExtension final Stores stores = new Stores();

  private Replicator start(Tidemark store, String name, Replicator... peers) throws Exception {
    return stores.start(store, Loopback.options(name).withPeers(Loopback.of(peers)));
  }

  private Tidemark admit(Tidemark sponsor, int replica) {
    Tidemark store = stores.open(replica);
    sponsor.members().admit(replica);
    Exchanges.pull(sponsor, store);
    Stores.write(store, replica, 5);
    return store;
  }

  private static void awaitFence(Tidemark store) {
    Stores.await(() -> store.members().report().ownRefusal(), () -> "may write: " + store.vector());
    assertThatThrownBy(() -> Stores.write(store, 1, 1))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining("retired from its cluster");
  }

  /**
   * It had made more than its peers knew of it when they came back, and so nobody took it for an
   * old copy: what it made went nowhere, each session ended with a refused commit, and it
   * acknowledged for ever.
   */
  @Test
  void anOldCopyThatWasWrittenToBeforeItMetItsPeersWritesNoMore() throws Exception {
    Tidemark peer = stores.open(1);
    Tidemark before = stores.open(2);
    Stores.write(before, 1, 10);
    Exchanges.pull(before, peer);
    before.close();
    Tidemark other = stores.open(3);
    Exchanges.pull(peer, other);
    Stores.write(other, 3, 5);

    for (int more : List.of(0, 7)) {
      Tidemark old = stores.open("old" + more, 2);
      Stores.write(old, 2, 10 + more);
      Replicator member = start(peer, "peer");
      Replicator copy = start(old, "copy", member);
      Stores.await(() -> isForked(old), () -> "may write: " + copy.status().ended());
      Stores.await(
          () -> member.status().ended().containsKey(Reason.FORKED), () -> "" + member.status());
      copy.close();

      Replicator healthy = start(other, "other", member);
      Stores.awaitEqual(peer, other);
      Stores.write(other, 4, 1);
      Stores.awaitEqual(peer, other);
      healthy.close();
      member.close();
    }
    Stores.write(peer, 5, 1);
  }

  /** The copy met a third one first, which cannot tell, and passes its operations on. */
  @Test
  void aForkThatAThirdStorePassesOnIsRefusedByItsNameAndStopsNobodyElse() throws Exception {
    Tidemark peer = stores.open(1);
    Tidemark before = stores.open(2);
    Stores.write(before, 1, 10);
    Exchanges.pull(before, peer);
    before.close();
    Tidemark old = stores.open("old", 2);
    Stores.write(old, 2, 17);
    Tidemark third = stores.open(3);
    Exchanges.pull(old, third);

    Replicator one = start(peer, "peer");
    Replicator other = start(third, "third", one);
    for (Replicator told : List.of(one, other)) {
      Stores.await(
          () -> told.status().ended().containsKey(Reason.FORKED), () -> "" + told.status());
      assertThat(told.status().ended()).doesNotContainKey(Reason.REFUSED_CONTENT);
    }
    Stores.write(peer, 3, 1);
    Stores.write(third, 3, 1);
  }

  private static boolean isForked(Tidemark store) {
    try {
      Stores.write(store, 1, 1);
      return false;
    } catch (NotMemberException refused) {
      assertThat(refused).hasMessageContaining("old copy of itself that was written to");
      return true;
    }
  }

  @Test
  void aRetiredStoreAndWhomItLetInMeanwhileAreToldByAnyMember() throws Exception {
    Tidemark first = stores.open(1);
    first.members().found();
    Tidemark second = admit(first, 2);
    Tidemark third = admit(first, 3);
    Exchanges.pull(third, first);
    first.members().retire(3);
    Exchanges.pull(first, second);
    second.members().acknowledge();
    Exchanges.pull(second, first);
    Tidemark fourth = admit(third, 4);

    Replicator member = start(second, "second");
    Replicator retired = start(third, "third", member);
    Replicator letIn = start(fourth, "fourth", member);

    for (Replicator told : List.of(retired, letIn)) {
      Stores.await(
          () -> told.status().ended().containsKey(Reason.RETIRED), () -> "" + told.status());
    }
    awaitFence(third);
    awaitFence(fourth);
    assertThat(second.vector().get(4)).isZero();
    assertThat(second.members().report().ownRefusal()).isFalse();
  }
}
