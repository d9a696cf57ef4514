package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.VectorRequest;
import dev.tidemark.replication.wire.Frames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a peer is told to survive. */
class AcknowledgementTest {
  @RegisterExtension final Stores stores = new Stores();

  /**
   * A peer does not send what it is told to be here already. What another had brought just before
   * this store said so was never acknowledged, and whoever waited for a level waited in vain, until
   * something else was written.
   */
  @Test
  void whatAPeerIsToldToBeHereIsAcknowledgedWhoeverHasBroughtIt() {
    Victim victim = Victim.of(stores);
    victim.greet();
    VersionVector first = ack(victim);
    Stores.write(victim.store, 2, 5);
    VersionVector now = victim.store.vector();
    assertThat(first.dominates(now)).isFalse();

    victim.send(Frame.newBuilder().setVectorRequest(VectorRequest.newBuilder().setId(1)));
    victim.store.sync();

    assertThat(ack(victim)).isEqualTo(now);
    assertThat(victim.session.ended()).isNull();
  }

  private static VersionVector ack(Victim victim) {
    Frame frame = victim.link.next();
    while (!frame.hasAck()) {
      frame = victim.link.next();
    }
    return Frames.vector(frame.getAck().getVector());
  }
}
