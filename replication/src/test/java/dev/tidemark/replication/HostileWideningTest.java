package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.WiderMoment;
import dev.tidemark.replication.v1.WiderRefusal;
import dev.tidemark.replication.v1.WiderRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Peers that give keys unasked, or ask for what they may not. */
class HostileWideningTest {
  private static final Interest SETS = Interest.ofPrefixes(List.of("set/"));
  private static final Interest COUNTS = Interest.ofPrefixes(List.of("count/"));

  @RegisterExtension final Stores stores = new Stores();

  private static Frame.Builder request(Interest held, Interest wider) {
    return request(Frames.bytes(held), Frames.bytes(wider));
  }

  private static Frame.Builder request(ByteString held, ByteString wider) {
    return Frame.newBuilder()
        .setWiderRequest(
            WiderRequest.newBuilder()
                .setHeld(held)
                .setInterest(wider)
                .setVector(Frames.bytes(VersionVector.EMPTY)));
  }

  private static RunBegin.Builder keys() {
    return RunBegin.newBuilder().setCoverage(HostileContentTest.coverage(7, 1)).setWider(true);
  }

  @Test
  void keysThatWereNotAskedForEndTheSession() {
    Victim victim = Victim.of(stores);
    victim.greet();
    victim.send(Frame.newBuilder().setRunBegin(keys()));
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "not asked for");
    victim.expectHealth();
  }

  @Test
  void keysThatAreAStateEndTheSession() {
    Victim victim = Victim.of(stores);
    victim.greet();
    victim.send(Frame.newBuilder().setRunBegin(keys().setState(true)));
    victim.expectEnd(Reason.UNEXPECTED_FRAME);
  }

  @Test
  void aRefusalOfWhatWasNotAskedForEndsTheSession() {
    Victim victim = Victim.of(stores);
    victim.greet();
    victim.send(Frame.newBuilder().setWiderRefusal(WiderRefusal.getDefaultInstance()));
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "not asked for");
  }

  @Test
  void aMomentOfWhatWasNotAskedForEndsTheSession() {
    Victim victim = Victim.of(stores);
    victim.greet();
    WiderMoment moment =
        WiderMoment.newBuilder().setVector(Frames.bytes(VersionVector.EMPTY)).build();
    victim.send(Frame.newBuilder().setWiderMoment(moment));
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "not asked for");
  }

  @Test
  void whoAsksForWhatItHoldsIsRefusedAndMayAskAgain() {
    Victim victim = Victim.of(stores);
    victim.greet();
    victim.pull();
    victim.send(request(SETS, SETS));
    assertThat(refusal(victim)).contains("are held");
    victim.send(request(SETS, SETS));
    assertThat(refusal(victim)).contains("are held");
    victim.expectNothing();
  }

  @Test
  void getsJustTheKeysThatItAsksForBehindTheMomentThatTheyAreOf() {
    Victim victim = Victim.of(stores);
    victim.greet(Victim.hello().setInterest(Frames.bytes(SETS)));
    victim.pull();
    victim.send(request(SETS, COUNTS));
    Frame frame = victim.link.next();
    while (!frame.hasWiderMoment()) {
      frame = victim.link.next();
    }
    assertThat(Frames.vector(frame.getWiderMoment().getVector())).isEqualTo(victim.store.vector());
    while (!frame.hasRunBegin()) {
      frame = victim.link.next();
    }
    assertThat(frame.getRunBegin().getWider()).isTrue();
    assertThat(Frames.interest(frame.getRunBegin().getInterest())).isEqualTo(COUNTS);
  }

  private static String refusal(Victim victim) {
    Frame frame = victim.link.next();
    while (!frame.hasWiderRefusal()) {
      frame = victim.link.next();
    }
    return frame.getWiderRefusal().getDetail();
  }

  @Test
  void whoAsksTwiceIsSentAway() {
    Victim victim = Victim.of(stores);
    victim.greet();
    // Without a pull nothing is answered.
    victim.send(request(SETS, Interest.ALL));
    victim.send(request(SETS, Interest.ALL));
    victim.expectEnd(Reason.UNEXPECTED_FRAME, "asks before");
    victim.expectHealth();
  }

  @Test
  void anInterestThatIsNoneEndsTheSession() {
    Victim victim = Victim.of(stores);
    victim.greet();
    victim.pull();
    victim.send(request(Frames.bytes(SETS), ByteString.copyFrom(new byte[] {1, 2, 3})));
    victim.expectEnd(Reason.MALFORMED_FRAME);
  }
}
