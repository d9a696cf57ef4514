package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.replication.session.SessionStatus;
import dev.tidemark.storage.handover.LogId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A store that is closed while it takes a log, and opened again. What it has would be taken a
 * second time and change nothing: whether it goes on where it was is seen by what is sent.
 */
class CatchUpResumeTest {
  private static final int COMMITS = 3_000;
  private static final int VALUE_BYTES = 1_000;

  /** With its header, and its part of frames and heartbeats. */
  private static final int COMMIT_BYTES = 1_150;

  /** What a session says beside commits. */
  private static final int TALK_BYTES = 64 << 10;

  private static final int SEGMENT_BYTES = 256 << 10;

  /** A third of all, and some batches more than what is awaited of it. */
  private static final int ALLOWED_BYTES = 1 << 20;

  private static final int AWAITED_COMMITS = 500;

  @RegisterExtension final Stores stores = new Stores();

  private Tidemark from;
  private Tidemark to;

  private Tidemark open(String name, int replica) {
    return stores.open(
        name,
        Stores.options(replica)
            .withSegmentBytes(SEGMENT_BYTES)
            .withInlineLimit(Limits.MAX_VALUE_BYTES));
  }

  /** Writes values that do not compress, each under a key of its own. */
  private void write(int first, int last) {
    Random random = new Random(first);
    for (int key = first; key < last; key++) {
      byte[] value = new byte[VALUE_BYTES];
      random.nextBytes(value);
      from.lwwRegister("file/" + key, Codec.bytes()).set(value);
    }
    from.sync();
  }

  private Replicator sending() throws IOException {
    return stores.start(from, Loopback.options("from"));
  }

  private Replicator receive(InetSocketAddress peer) throws IOException {
    return stores.start(to, Loopback.options("to").withPeers(List.of(peer)));
  }

  private static SessionStatus session(Replicator sender) {
    List<SessionStatus> sessions = sender.status().sessions();
    return sessions.isEmpty() ? null : sessions.get(0);
  }

  /** Closes the receiver while it has some and not all, and opens it again; what it has. */
  private long closeInTheMiddle(Replicator sender) throws Exception {
    Stop network = stores.closing(new Stop(sender.port()));
    Replicator receiver = receive(network.address());
    Stores.await(
        () -> session(sender) != null && session(sender).durable().get(1) >= AWAITED_COMMITS,
        () -> "nothing is acknowledged: " + sender.status());
    receiver.close();
    network.close();
    to.close();
    to = open("to", 2);
    long has = to.vector().get(1);
    assertThat(has).isBetween((long) AWAITED_COMMITS, COMMITS - 1L);
    long reached = to.peerLogs().reached(new LogId(from.status().storeId(), 1));
    assertThat(reached).isBetween((long) AWAITED_COMMITS, has);
    return has;
  }

  private void begin() {
    from = open("from", 1);
    to = open("to", 2);
    write(0, COMMITS);
  }

  private void assertEqual(int keys) {
    Stores.awaitEqual(from, to);
    for (int key = 0; key < keys; key++) {
      assertThat(to.value("file/" + key)).isEqualTo(from.value("file/" + key));
    }
  }

  /** Everything but what the receiver had is sent, and that not again. */
  private void assertSent(Replicator sender, long commits) {
    SessionStatus now = session(sender);
    assertThat(now.sentBytes()).isLessThan(commits * COMMIT_BYTES + TALK_BYTES);
    assertThat(now.states()).isZero();
  }

  @Test
  void whatItHasIsNotSentAgain() throws Exception {
    begin();
    Replicator sender = sending();
    long has = closeInTheMiddle(sender);

    Stores.await(() -> session(sender) == null, () -> "goes on: " + sender.status());
    receive(Loopback.at(sender.port()));

    assertEqual(COMMITS);
    assertSent(sender, COMMITS - has);
  }

  @Test
  void norByASenderThatWasOpenedAnew() throws Exception {
    begin();
    Replicator first = sending();
    long has = closeInTheMiddle(first);
    first.close();
    from.close();
    from = open("from", 1);
    Replicator sender = sending();
    receive(Loopback.at(sender.port()));

    assertEqual(COMMITS);
    assertSent(sender, COMMITS - has);
  }

  /** Its position lies inside of a folded piece, which can only come as a whole. */
  @Test
  void aLogThatWasFoldedOverItsPositionIsTakenFromThatPieceOn() throws Exception {
    begin();
    Replicator sender = sending();
    closeInTheMiddle(sender);
    from.compact();
    receive(Loopback.at(sender.port()));

    assertEqual(COMMITS);
    assertThat(to.status().appendedPosition()).isLessThan(COMMITS);
  }

  @Test
  void aLogThatDoesNotReachItsPositionAnyMoreIsReplacedByTheState() throws Exception {
    begin();
    Replicator sender = sending();
    long has = closeInTheMiddle(sender);
    from.truncate();
    assertThat(from.status().firstPosition()).isGreaterThan(has);
    write(COMMITS, COMMITS + 10);
    receive(Loopback.at(sender.port()));

    assertEqual(COMMITS + 10);
    Stores.await(
        () -> session(sender) != null && session(sender).states() == 1,
        () -> "no state: " + sender.status());
  }

  /** Lets so much through in either direction, and loses the rest. */
  private static final class Stop extends Relay {
    Stop(int target) throws IOException {
      super(target);
      open();
    }

    @Override
    Passage passage() {
      return (in, out) -> {
        byte[] buffer = new byte[8 << 10];
        int passed = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          passed += n;
          if (passed <= ALLOWED_BYTES) {
            out.write(buffer, 0, n);
          }
        }
      };
    }
  }
}
