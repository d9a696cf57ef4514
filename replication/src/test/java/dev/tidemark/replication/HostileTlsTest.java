package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Tidemark;
import dev.tidemark.replication.transport.Security;
import dev.tidemark.replication.wire.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody may do before the TLS handshake is done, or with a certificate that is wrong. None
 * gets a session, each is counted, and others do not notice.
 */
class HostileTlsTest {
  private static final int SESSIONS = 8;

  @TempDir private static Path dir;
  @RegisterExtension final Stores stores = new Stores();

  private static Keys keys;
  private static Path trust;
  private Tidemark store;
  private Replicator listening;

  /** Once: each takes some processes. */
  @BeforeAll
  static void makeKeys() throws Exception {
    keys = new Keys(dir);
    keys.authority("ca");
    keys.certify("a", "ca", "-1H");
    keys.certify("b", "ca", "-1H");
    trust = keys.trust("ca");
  }

  @BeforeEach
  void open() {
    store = stores.open(1);
    Stores.write(store, 1, 20);
  }

  private ReplicationOptions options(String name, Security security) {
    return ReplicationOptions.of("test", name)
        .withSecurity(security)
        .withMostSessions(SESSIONS)
        .withWaits(Duration.ofMillis(5), Duration.ofMillis(50));
  }

  private void listen(Duration patience) throws Exception {
    listening =
        stores.closing(
            Replicator.start(
                store,
                options("a", keys.security("a", trust, true))
                    .withPatience(patience)
                    .withListen(new InetSocketAddress("localhost", 0))));
  }

  private Replicator dial(int replica, String name, Security security) throws Exception {
    InetSocketAddress at = InetSocketAddress.createUnresolved("localhost", listening.port());
    return stores.closing(
        Replicator.start(stores.open(replica), options(name, security).withPeers(List.of(at))));
  }

  private void awaitNoCall(long times) {
    Stores.await(
        () -> listening.status().ended().getOrDefault(Reason.NO_CALL, 0L) >= times,
        () -> "" + listening.status());
    assertThat(listening.status().sessions()).isEmpty();
  }

  private void expectOthersToBeServed() throws Exception {
    dial(2, "b", keys.security("b", trust, true));
    Stores.write(stores.opened(2), 2, 20);
    Stores.awaitEqual(store, stores.opened(2));
  }

  @Test
  void aCertificateThatHasExpiredIsRefused() throws Exception {
    keys.certify("old", "ca", "-10d");
    listen(Duration.ofSeconds(60));
    dial(3, "old", keys.security("old", trust, true));
    awaitNoCall(2);
    expectOthersToBeServed();
    assertThat(store.vector().get(3)).isZero();
  }

  /** It has the right names, and somebody else has signed it. */
  @Test
  void aCertificateOfAForeignAuthorityIsRefused() throws Exception {
    keys.authority("other");
    keys.certify("c", "other", "-1H");
    listen(Duration.ofSeconds(60));
    dial(3, "c", keys.security("c", trust, true));
    awaitNoCall(2);
    expectOthersToBeServed();
    assertThat(store.vector().get(3)).isZero();
  }

  @Test
  void whoHasNoCertificateIsRefused() throws Exception {
    listen(Duration.ofSeconds(60));
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new Anybody()}, null);
    try (SSLSocket socket =
        (SSLSocket) trusting.getSocketFactory().createSocket("localhost", listening.port())) {
      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                // In TLS 1.3 this end is done before the other has looked for its certificate.
                if (socket.getInputStream().read() < 0) {
                  throw new IOException("closed");
                }
              })
          .isInstanceOf(IOException.class);
    }
    awaitNoCall(1);
    expectOthersToBeServed();
  }

  /** TLS 1.1, which this JVM would not speak. */
  @Test
  void whoSpeaksNoTlsThatIsSafeIsRefused() throws Exception {
    listen(Duration.ofSeconds(60));
    try (RawPeer peer = new RawPeer("127.0.0.1", listening.port())) {
      byte[] answer = peer.bytes(hello(0x0302)).readAll();
      assertThat(answer).startsWith(0x15, 3).hasSizeGreaterThanOrEqualTo(7);
      assertThat(answer[6]).as("alert: protocol version").isEqualTo((byte) 70);
    }
    awaitNoCall(1);
    expectOthersToBeServed();
  }

  private static byte[] hello(int version) {
    ByteBuffer body = ByteBuffer.allocate(47);
    body.putShort((short) version).put(new byte[32]).put((byte) 0);
    body.putShort((short) 8);
    for (int suite : new int[] {0xc013, 0xc009, 0x002f, 0x0035}) {
      body.putShort((short) suite);
    }
    body.put((byte) 1).put((byte) 0);
    byte[] hello = Arrays.copyOf(body.array(), body.position());
    return ByteBuffer.allocate(9 + hello.length)
        .put((byte) 0x16)
        .putShort((short) 0x0301)
        .putShort((short) (4 + hello.length))
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) hello.length)
        .put(hello)
        .array();
  }

  /** Handshakes that are begun and left so hold a place until their time is over, and no longer. */
  @Test
  void handshakesThatNobodyEndsLeaveRoomForOthersAndAreCutOff() throws Exception {
    listen(Duration.ofSeconds(2));
    List<RawPeer> flood = new ArrayList<>();
    for (int i = 0; i < 3 * SESSIONS; i++) {
      flood.add(stores.closing(new RawPeer("127.0.0.2", listening.port())));
      flood.get(i).bytes(new byte[] {0x16, 3, 1, 1, 0, 1});
    }
    expectOthersToBeServed();
    for (RawPeer peer : flood) {
      peer.awaitClosed();
    }
    Stores.await(
        () ->
            listening.status().ended().getOrDefault(Reason.NO_CALL, 0L) >= SESSIONS
                && listening.status().ended().getOrDefault(Reason.TOO_MANY_SESSIONS, 0L)
                    >= 2 * SESSIONS,
        () -> "" + listening.status());
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
