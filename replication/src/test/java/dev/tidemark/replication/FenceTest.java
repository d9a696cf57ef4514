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
