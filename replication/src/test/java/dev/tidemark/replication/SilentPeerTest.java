package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Heartbeat;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Peers that say nothing, say it too slowly, do not listen, or are gone. */
class SilentPeerTest {
  @RegisterExtension final Stores stores = new Stores();

  private Victim victim;

  @BeforeEach
  void open() {
    victim = Victim.of(stores);
  }

  @Test
  void whoSaysNothingIsNotWaitedForLong() {
    victim.begin(Duration.ofMillis(1));
    victim.expectEnd(Reason.TIMEOUT);
  }

  @Test
  void aRunThatComesDropByDropIsNotWaitedForWithoutEnd() {
    victim.begin(Duration.ofMillis(50));
    victim.greet();
    victim.send(
        Frame.newBuilder()
            .setRunBegin(
                RunBegin.newBuilder().setCoverage(HostileContentTest.coverage(Victim.PEER, 1))));
    Frame.Builder beat =
        Frame.newBuilder()
            .setHeartbeat(
                Heartbeat.newBuilder().setVector(Frames.bytes(VersionVector.EMPTY)).setMillis(1));
    while (victim.session.ended() == null) {
      victim.send(beat);
    }
    victim.expectEnd(Reason.TIMEOUT);
  }

  @Test
  void aConnectionThatIsLostEndsTheSession() {
    victim.greet();
    victim.session.onClosed("reset");
    victim.expectEnd(Reason.LOST);
  }

  /** Once only the reader learned of it: the writer waited for ever, and so did the close. */
  @Test
  void aConnectionThatIsLostWithAFrameUnreadEndsBothThreads() {
    synchronized (victim.session) {
      victim.greet();
      victim.session.onClosed("reset");
    }
    victim.expectEnd(Reason.LOST);
  }

  /** A peer that never reads: nothing is queued for it, and the store's writers do not wait. */
  @Test
  void aPeerThatDoesNotReadHoldsUpNobody() {
    victim.greet();
    victim.pull();
    Stores.await(() -> victim.link.count() >= 3, () -> "sent " + victim.link.count());
    victim.link.ready(false);
    long sent = victim.link.count();
    Stores.write(victim.store, 5, 2000);
    victim.store.sync();
    // One frame may have passed the look at the link.
    assertThat(victim.link.count()).isLessThanOrEqualTo(sent + 1);
    assertThat(victim.session.ended()).isNull();
  }
}
