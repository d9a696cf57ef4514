package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Tidemark;
import dev.tidemark.replication.transport.Credentials;
import dev.tidemark.replication.transport.Security;
import dev.tidemark.replication.wire.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections that only those can make and read who have the certificates for it. */
class TlsTest {
  @TempDir private Path dir;
  @RegisterExtension final Stores stores = new Stores();

  private Keys keys;

  @BeforeEach
  void makeKeys() {
    keys = new Keys(dir);
  }

  private Replicator start(Tidemark store, String name, Security security, Replicator... peers)
      throws Exception {
    List<InetSocketAddress> addresses =
        java.util.Arrays.stream(peers)
            .map(peer -> InetSocketAddress.createUnresolved("localhost", peer.port()))
            .toList();
    return stores.closing(
        Replicator.start(
            store,
            ReplicationOptions.of("test", name)
                .withSecurity(security)
                .withWaits(Duration.ofMillis(5), Duration.ofMillis(100))
                .withListen(new InetSocketAddress("localhost", 0))
                .withPeers(addresses)));
  }

  @Test
  void storesThatTrustEachOtherExchangeOverMutualTls() throws Exception {
    keys.certify("a");
    keys.certify("b");
    Path both = keys.trust("a", "b");
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(a, 1, 100);
    Stores.write(b, 2, 100);
    Replicator listening = start(a, "a", keys.security("a", both, true));
    start(b, "b", keys.security("b", both, true), listening);
    Stores.awaitEqual(a, b);
  }

  @Test
  void aNameThatTheCertificateDoesNotCarryIsRefused() throws Exception {
    keys.certify("a");
    keys.certify("b");
    Path both = keys.trust("a", "b");
    Replicator listening = start(stores.open(1), "a", keys.security("a", both, true));
    start(stores.open(2), "c", keys.security("b", both, true), listening);
    Stores.await(
        () -> listening.status().ended().containsKey(Reason.WRONG_NAME),
        () -> "" + listening.status());
  }

  @Test
  void aCertificateThatIsNotTrustedNeverReachesASession() throws Exception {
    keys.certify("a");
    keys.certify("b");
    Tidemark b = stores.open(2);
    Replicator listening = start(stores.open(1), "a", keys.security("a", keys.trust("a"), true));
    Stores.write(b, 1, 10);
    Replicator stranger = start(b, "b", keys.security("b", keys.trust("a", "b"), true), listening);
    Stores.await(
        () -> stranger.status().ended().getOrDefault(Reason.LOST, 0L) >= 2,
        () -> "" + stranger.status());
    Stores.await(
        () -> listening.status().ended().keySet().equals(Set.of(Reason.NO_CALL)),
        () -> "" + listening.status());
    assertThat(listening.status().sessions()).isEmpty();
  }

  @Test
  void plainTextDoesNotReachAListenerWithTls() throws Exception {
    keys.certify("a");
    Replicator listening = start(stores.open(1), "a", keys.security("a", keys.trust("a"), false));
    Replicator plain =
        stores.closing(
            Replicator.start(
                stores.open(2),
                ReplicationOptions.of("test", "b")
                    .withPlainText()
                    .withAllowed(Set.of("a"))
                    .withPeers(
                        List.of(
                            InetSocketAddress.createUnresolved("localhost", listening.port())))));
    Stores.await(() -> plain.status().ended().containsKey(Reason.LOST), () -> "" + plain.status());
    Stores.await(
        () -> listening.status().ended().keySet().equals(Set.of(Reason.NO_CALL)),
        () -> "" + listening.status());
  }

  @Test
  void newCertificatesAreUsedWithoutARestart() throws Exception {
    keys.certify("a");
    keys.certify("b");
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator listening = start(a, "a", keys.security("a", keys.trust("a"), true));
    Replicator dialling = start(b, "b", keys.security("b", keys.trust("a", "b"), true), listening);
    Stores.write(b, 1, 10);
    Stores.await(
        () -> dialling.status().ended().getOrDefault(Reason.LOST, 0L) >= 2,
        () -> "" + dialling.status());
    assertThat(a.vector().isEmpty()).isTrue();
    // From now on it trusts b too.
    Files.write(dir.resolve("a.ca"), Files.readAllBytes(dir.resolve("a-b.ca")));
    Stores.awaitEqual(a, b);
  }

  @Test
  void aPeerThatIsNotTrustedAnyMoreIsCutOffAndDoesNotComeBack() throws Exception {
    keys.certify("a");
    keys.certify("b");
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Path trustOfA = Files.copy(keys.trust("a", "b"), dir.resolve("trust-of-a"));
    Replicator listening = start(a, "a", keys.security("a", trustOfA, true));
    start(b, "b", keys.security("b", keys.trust("a", "b"), true), listening);
    Stores.write(b, 1, 10);
    Stores.awaitEqual(a, b);
    // Not a certificate: what is there stays.
    Files.writeString(trustOfA, "-----BEGIN CERTIFICATE-----");
    Files.write(trustOfA, Files.readAllBytes(dir.resolve("a.crt")));
    Stores.await(
        () -> listening.status().ended().containsKey(Reason.NOT_TRUSTED),
        () -> "" + listening.status());
    Stores.write(b, 2, 10);
    Stores.await(() -> listening.status().sessions().isEmpty(), () -> "" + listening.status());
    assertThat(a.vector().get(2)).isEqualTo(10);
  }

  @Test
  void aChangeThatCannotBeUsedLeavesWhatWasThere() throws Exception {
    keys.certify("a");
    Security security = keys.security("a", keys.trust("a"), true);
    Credentials credentials = new Credentials(security);
    Files.writeString(dir.resolve("a.key"), "no key");
    assertThat(credentials.reload()).isFalse();
    assertThatThrownBy(() -> new Credentials(security)).isInstanceOf(IOException.class);
  }

  /** It was ready, and no peer ever came: each handshake failed, at either end. */
  @Test
  void aKeyThatIsNotTheCertificatesIsRefusedAtTheStartAndAtAChange() throws Exception {
    keys.certify("a");
    keys.certify("b");
    Path trust = keys.trust("a", "b");
    Credentials credentials = new Credentials(keys.security("a", trust, true));
    Path key = dir.resolve("a.key");
    Files.write(key, Files.readAllBytes(dir.resolve("b.key")));

    assertThat(credentials.reload()).isFalse();
    assertThatThrownBy(() -> new Credentials(keys.security("a", trust, true)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the key is not that of the certificate");
  }

  /** It came back as somebody whose id was free, and wrote in that one's name. */
  @Test
  void aReplicaIdIsOfTheCertifiedNameThatUsedItFirstAlsoBeforeARestart() throws Exception {
    keys.certify("a");
    keys.certify("b");
    keys.certify("c");
    Path all = keys.trust("a", "b", "c");
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator before = start(a, "a", keys.security("a", all, true));
    Replicator owner = start(b, "b", keys.security("b", all, true), before);
    Stores.write(b, 1, 10);
    Stores.awaitEqual(a, b);
    owner.close();
    before.close();
    Replicator listening = start(a, "a", keys.security("a", all, true));
    Tidemark claimed = stores.open("claimed", 2);
    Replicator other = start(claimed, "c", keys.security("c", all, true), listening);
    Stores.await(
        () -> listening.status().ended().containsKey(Reason.WRONG_NAME),
        () -> "" + listening.status());
    other.close();
    Stores.write(b, 2, 10);
    start(b, "b", keys.security("b", all, true), listening);
    Stores.awaitEqual(a, b);
  }
}
