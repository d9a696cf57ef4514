package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Tidemark;
import dev.tidemark.replication.transport.Credentials;
import dev.tidemark.replication.transport.Security;
import dev.tidemark.replication.wire.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections that only those can make and read who have the certificates for it. */
class TlsTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir private Path dir;
  @RegisterExtension final Stores stores = new Stores();

  /** A certificate that signs itself, as PEM files. */
  private void certify(String name) throws Exception {
    Path keys = dir.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "key",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:" + name + ",dns:localhost",
                "-keystore",
                keys.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD);
    }
    write(name + ".key", "PRIVATE KEY", store.getKey("key", PASSWORD).getEncoded());
    write(name + ".crt", "CERTIFICATE", store.getCertificate("key").getEncoded());
  }

  private void write(String file, String label, byte[] der) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        dir.resolve(file),
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }

  private Path trust(String... names) throws Exception {
    StringBuilder all = new StringBuilder();
    for (String name : names) {
      all.append(Files.readString(dir.resolve(name + ".crt")));
    }
    Path file = dir.resolve(String.join("-", names) + ".ca");
    Files.writeString(file, all);
    return file;
  }

  private Security security(String name, Path authorities, boolean mutual) {
    return new Security(
        dir.resolve(name + ".crt"), dir.resolve(name + ".key"), authorities, mutual, null);
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
    certify("a");
    certify("b");
    Path both = trust("a", "b");
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Stores.write(a, 1, 100);
    Stores.write(b, 2, 100);
    Replicator listening = start(a, "a", security("a", both, true));
    start(b, "b", security("b", both, true), listening);
    Stores.awaitEqual(a, b);
  }

  @Test
  void aNameThatTheCertificateDoesNotCarryIsRefused() throws Exception {
    certify("a");
    certify("b");
    Path both = trust("a", "b");
    Replicator listening = start(stores.open(1), "a", security("a", both, true));
    start(stores.open(2), "c", security("b", both, true), listening);
    Stores.await(
        () -> listening.status().ended().containsKey(Reason.WRONG_NAME),
        () -> "" + listening.status());
  }

  @Test
  void aCertificateThatIsNotTrustedNeverReachesASession() throws Exception {
    certify("a");
    certify("b");
    Tidemark b = stores.open(2);
    Replicator listening = start(stores.open(1), "a", security("a", trust("a"), true));
    Stores.write(b, 1, 10);
    Replicator stranger = start(b, "b", security("b", trust("a", "b"), true), listening);
    Stores.await(
        () -> stranger.status().ended().getOrDefault(Reason.LOST, 0L) >= 2,
        () -> "" + stranger.status());
    assertThat(listening.status().ended()).isEmpty();
    assertThat(listening.status().sessions()).isEmpty();
  }

  @Test
  void plainTextDoesNotReachAListenerWithTls() throws Exception {
    certify("a");
    Replicator listening = start(stores.open(1), "a", security("a", trust("a"), false));
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
    assertThat(listening.status().ended()).isEmpty();
  }

  @Test
  void newCertificatesAreUsedWithoutARestart() throws Exception {
    certify("a");
    certify("b");
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator listening = start(a, "a", security("a", trust("a"), true));
    Replicator dialling = start(b, "b", security("b", trust("a", "b"), true), listening);
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
    certify("a");
    certify("b");
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Path trustOfA = Files.copy(trust("a", "b"), dir.resolve("trust-of-a"));
    Replicator listening = start(a, "a", security("a", trustOfA, true));
    start(b, "b", security("b", trust("a", "b"), true), listening);
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
    certify("a");
    Security security = security("a", trust("a"), true);
    Credentials credentials = new Credentials(security);
    Files.writeString(dir.resolve("a.key"), "no key");
    assertThat(credentials.reload()).isFalse();
    assertThatThrownBy(() -> new Credentials(security)).isInstanceOf(IOException.class);
  }
}
