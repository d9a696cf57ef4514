package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.replication.transport.Security;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody may do who can reach the port, below the level of frames. Others do not notice. */
@DisabledOnOs(value = OS.MAC, disabledReason = "one loopback address")
class HostileConnectionTest {
  private static final String STRANGER = "127.0.0.2";
  private static final int SESSIONS = 8;

  @RegisterExtension final Stores stores = new Stores();

  private Tidemark store;
  private Replicator listening;

  private static ReplicationOptions options(String name) {
    return ReplicationOptions.of("test", name)
        .withPlainText()
        .withMostSessions(SESSIONS)
        .withWaits(Duration.ofMillis(5), Duration.ofMillis(50));
  }

  private void listen(Duration patience, Security security) throws IOException {
    store = stores.open(1);
    Stores.write(store, 1, 20);
    listening =
        stores.closing(
            Replicator.start(
                store,
                options("a")
                    .withSecurity(security)
                    .withPatience(patience)
                    .withListen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
  }

  private void listen() throws IOException {
    listen(Duration.ofSeconds(60), Security.PLAIN_TEXT);
  }

  private RawPeer connect() throws IOException {
    return stores.closing(new RawPeer(STRANGER, listening.port()));
  }

  /** Somebody honest gets in and both agree, whatever goes on beside. */
  private void expectOthersToBeServed(Security security) throws IOException {
    Tidemark honest = stores.open(2);
    Stores.write(honest, 2, 20);
    stores.closing(
        Replicator.start(
            honest,
            options("b")
                .withSecurity(security)
                .withPeers(
                    List.of(
                        new InetSocketAddress(
                            InetAddress.getLoopbackAddress(), listening.port())))));
    Stores.awaitEqual(store, honest);
  }

  private void awaitEnded(Reason reason, long times) {
    Stores.await(
        () -> listening.status().ended().getOrDefault(reason, 0L) >= times,
        () -> "" + listening.status());
  }

  @Test
  void garbageIsNoConnection() throws IOException {
    listen();
    byte[] noise = new byte[1000];
    new Random(5).nextBytes(noise);
    for (byte[] garbage :
        List.of(noise, "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
      connect().bytes(garbage).awaitClosed();
    }
    awaitEnded(Reason.NO_CALL, 2);
    assertThat(listening.status().sessions()).isEmpty();
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  @Test
  void oneAddressHasABoundedNumberOfConnectionsAndLeavesRoomForOthers() throws IOException {
    listen();
    List<RawPeer> flood = new ArrayList<>();
    for (int i = 0; i < 10 * SESSIONS; i++) {
      flood.add(connect());
    }
    awaitEnded(Reason.TOO_MANY_SESSIONS, 9 * SESSIONS);
    for (RawPeer refused : flood.subList(SESSIONS, flood.size())) {
      refused.awaitClosed();
    }
    expectOthersToBeServed(Security.PLAIN_TEXT);
    assertThat(listening.status().ended()).containsOnlyKeys(Reason.TOO_MANY_SESSIONS);
    // Whoever goes makes room.
    for (RawPeer one : flood) {
      one.close();
    }
    Stores.await(this::isLetIn, () -> "nobody is let in any more");
  }

  private boolean isLetIn() {
    try (RawPeer again = new RawPeer(STRANGER, listening.port())) {
      return again.begin().await(RawPeer.SETTINGS) != null;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oneAddressHasFewSessionsInWhichNobodyWasGreeted() throws IOException {
    listen();
    for (int i = 0; i < SESSIONS; i++) {
      connect().begin().call(1);
    }
    awaitEnded(Reason.TOO_MANY_SESSIONS, SESSIONS - SESSIONS / 4);
    Stores.await(
        () -> listening.status().sessions().size() == SESSIONS / 4, () -> "" + listening.status());
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  /** Nothing, the beginning of a connection, of a call, of a message: none is waited for long. */
  @Test
  void whoTakesItsTimeIsNotWaitedFor() throws IOException {
    listen(Duration.ofSeconds(2), Security.PLAIN_TEXT);
    List<RawPeer> slow =
        List.of(
            connect(),
            connect().bytes("PRI * HT".getBytes(StandardCharsets.US_ASCII)),
            connect().begin(),
            connect().begin().frame(RawPeer.HEADERS, 0, 1, new byte[] {0, 1, 'a'}),
            connect().begin().call(1).message(1, 1 << 20, new byte[10]));
    for (RawPeer one : slow) {
      one.awaitClosed();
    }
    awaitEnded(Reason.NO_CALL, slow.size() - 1);
    awaitEnded(Reason.TIMEOUT, 1);
    assertThat(listening.status().sessions()).isEmpty();
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  /**
   * It leaves no room for a single byte in its call, and answers pings. Its session ended in time,
   * and what was to tell it so stayed, and the connection with it: enough of them and nobody else
   * got in.
   */
  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoTakesNothingOfWhatItIsToldIsNotWaitedForEither() throws IOException {
    listen(Duration.ofSeconds(2), Security.PLAIN_TEXT);
    byte[] noWindow = {0, 4, 0, 0, 0, 0};
    RawPeer deaf = connect().begin().frame(RawPeer.SETTINGS, 0, 0, noWindow).call(1);
    awaitEnded(Reason.TIMEOUT, 1);
    deaf.awaitClosedAlive();
    assertThat(listening.status().ended()).containsOnlyKeys(Reason.TIMEOUT);
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  @Test
  void aMessageThatClaimsToBeHugeEndsItsSession() throws IOException {
    listen();
    for (int length : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 32 << 20}) {
      connect().begin().call(1).message(1, length, new byte[100]).await(RawPeer.RESET);
    }
    // Counted when the session is gone.
    awaitEnded(Reason.LOST, 4);
    assertThat(listening.status().sessions()).isEmpty();
    assertThat(listening.status().ended()).containsOnlyKeys(Reason.LOST).containsValue(4L);
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  /**
   * It would be unpacked in the thread that serves all connections, before anybody is known. Frames
   * are compressed within, where they say to how much.
   */
  @Test
  void whatTheTransportWouldHaveToUnpackIsNotTaken() throws IOException {
    listen();
    connect().begin().call(1, "grpc-encoding", "gzip").await(RawPeer.HEADERS);
    assertThat(listening.status().sessions()).isEmpty();
    connect().begin().call(1, "grpc-encoding", "identity");
    Stores.await(() -> listening.status().sessions().size() == 1, () -> "" + listening.status());
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  @Test
  void callsThatAreResetAndResetAgainCostTheConnection() throws IOException {
    listen();
    RawPeer rapid = connect().begin();
    for (int stream = 1; stream < 200; stream += 2) {
      rapid.call(stream).frame(RawPeer.RESET, 0, stream, new byte[] {0, 0, 0, 8});
    }
    rapid.awaitClosed();
    Stores.await(() -> listening.status().sessions().isEmpty(), () -> "" + listening.status());
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  @Test
  void pingsWithoutEndCostTheConnection() throws IOException {
    listen();
    RawPeer rapid = connect().begin();
    for (int i = 0; i < 1000; i++) {
      rapid.frame(RawPeer.PING, 0, 0, new byte[8]);
    }
    rapid.awaitClosed();
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  @Test
  void headersThatAreTooLongAreNotKept() throws IOException {
    listen();
    connect().begin().call(1, "x", "y".repeat(12_000)).await(RawPeer.RESET);
    assertThat(listening.status().sessions()).isEmpty();
    expectOthersToBeServed(Security.PLAIN_TEXT);
  }

  @Test
  void aTokenThatIsAlmostRightIsWrong() throws IOException {
    Security token = Security.PLAIN_TEXT.withToken("0123456789abcdef");
    listen(Duration.ofSeconds(60), token);
    String[] wrong = {
      "0123456789abcdef",
      "Bearer ",
      "Bearer 0123456789abcde",
      "Bearer 0123456789abcdeg",
      "Bearer 0123456789abcdef ",
      "bearer 0123456789abcdef",
      "Bearer " + "0123456789abcdef".repeat(20)
    };
    for (String shown : wrong) {
      connect().begin().call(1, "authorization", shown).await(RawPeer.HEADERS);
    }
    awaitEnded(Reason.BAD_TOKEN, wrong.length);
    assertThat(listening.status().ended()).containsOnlyKeys(Reason.BAD_TOKEN);
    expectOthersToBeServed(token);
  }

  /** In plain text whoever sees a session can play it again; it changes nothing. */
  @Test
  void aGreetingThatIsPlayedAgainTakesNobodysPlace() throws IOException {
    listen();
    expectOthersToBeServed(Security.PLAIN_TEXT);
    byte[] hello =
        Frames.seal(
            Frame.newBuilder().setHello(Victim.hello().setReplicaId(2).setInstance(99)).build(), 0);
    connect().begin().call(1).message(1, hello.length, hello).await(RawPeer.DATA);
    awaitEnded(Reason.DUPLICATE_REPLICA, 1);
    Stores.write(store, 7, 10);
    Stores.awaitEqual(store, stores.opened(2));
  }
}
