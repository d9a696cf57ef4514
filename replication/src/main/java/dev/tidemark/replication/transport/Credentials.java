package dev.tidemark.replication.transport;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@link Security} names, read from its files: again when they have changed, for handshakes
 * from then on. A change that cannot be used leaves what was there, and is tried again.
 */
public final class Credentials {
  private static final Logger LOG = LoggerFactory.getLogger(Credentials.class);

  private static final Map<String, String> SIGNATURES =
      Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA", "EdDSA", "EdDSA");

  private final Security security;
  private final AdvancedTlsX509KeyManager identity = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager authorities;
  private @Nullable Content read;
  private volatile @Nullable X509TrustManager trust;

  /** The files, as they are read together. */
  private record Content(byte[] certificate, byte[] key, byte @Nullable [] authorities) {
    static Content of(Path certificate, Path key, @Nullable Path authorities) throws IOException {
      return new Content(
          Files.readAllBytes(certificate),
          Files.readAllBytes(key),
          authorities == null ? null : Files.readAllBytes(authorities));
    }

    boolean isSame(@Nullable Content other) {
      return other != null
          && Arrays.equals(certificate, other.certificate)
          && Arrays.equals(key, other.key)
          && Arrays.equals(authorities, other.authorities);
    }
  }

  /**
   * Reads the files.
   *
   * @throws IOException if one of them cannot be read, or is not what it should be
   */
  public Credentials(Security security) throws IOException {
    this.security = security;
    try {
      this.authorities = AdvancedTlsX509TrustManager.newBuilder().build();
      take();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("certificate, key or authorities cannot be used: " + e.getMessage(), e);
    }
  }

  /** Reads the files again if they have changed; whether whom to trust may have. */
  public synchronized boolean reload() {
    try {
      return take();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.warn(
          "changed certificates cannot be used, the former ones stay: certificate={}, cause={}",
          security.certificate(),
          e.getMessage());
      return false;
    }
  }

  private boolean take() throws IOException, GeneralSecurityException {
    Path certificate = security.certificate();
    Path key = security.key();
    if (certificate == null || key == null) {
      return false;
    }
    Content now = Content.of(certificate, key, security.authorities());
    Content before = read;
    if (now.isSame(before)) {
      return false;
    }
    X509Certificate[] chain = certificates(now.certificate());
    PrivateKey own = CertificateUtils.getPrivateKey(new ByteArrayInputStream(now.key()));
    requirePair(chain[0], own);
    warnOfDates(chain[0]);
    X509Certificate[] roots = now.authorities() == null ? null : certificates(now.authorities());
    // All or nothing: a file that is wrong must not leave half of a change in use.
    if (roots != null) {
      X509TrustManager checked = trusting(roots);
      authorities.updateTrustCredentials(roots);
      trust = checked;
    }
    identity.updateIdentityCredentials(chain, own);
    read = now;
    if (before != null) {
      LOG.info("certificates were read again: certificate={}", certificate);
    }
    return before != null && !Arrays.equals(before.authorities(), now.authorities());
  }

  /** Otherwise no handshake ever succeeds, and only that tells. */
  private static void requirePair(X509Certificate certificate, PrivateKey own)
      throws GeneralSecurityException {
    String algorithm = certificate.getPublicKey().getAlgorithm();
    if (!algorithm.equals(own.getAlgorithm())) {
      throw new CertificateException("the key is not that of the certificate");
    }
    byte[] probe = {1, 2, 3};
    String scheme = SIGNATURES.get(algorithm);
    if (scheme == null) {
      // What the JVM's TLS makes of it is not known here.
      return;
    }
    Signature signing = Signature.getInstance(scheme);
    signing.initSign(own);
    signing.update(probe);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance(scheme);
    verifying.initVerify(certificate.getPublicKey());
    verifying.update(probe);
    if (!isVerified(verifying, signature)) {
      throw new CertificateException("the key is not that of the certificate");
    }
  }

  private static boolean isVerified(Signature verifying, byte[] signature) {
    try {
      return verifying.verify(signature);
    } catch (SignatureException ofAnotherLength) {
      return false;
    }
  }

  /** Not refused: clocks err, and peers that have a session go on with it. */
  private static void warnOfDates(X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateException e) {
      LOG.warn(
          "own certificate is not valid now, peers will refuse it: subject={}, from={}, until={}",
          certificate.getSubjectX500Principal(),
          certificate.getNotBefore().toInstant(),
          certificate.getNotAfter().toInstant());
    }
  }

  private static X509Certificate[] certificates(byte[] pem) throws CertificateException {
    X509Certificate[] certificates =
        CertificateUtils.getX509Certificates(new ByteArrayInputStream(pem));
    if (certificates.length == 0) {
      throw new CertificateException("there is no certificate");
    }
    return certificates;
  }

  private static X509TrustManager trusting(X509Certificate[] roots)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < roots.length; i++) {
      store.setCertificateEntry(Integer.toString(i), roots[i]);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager checks) {
        return checks;
      }
    }
    throw new GeneralSecurityException("this JVM checks no certificates");
  }

  /**
   * Whether a connection's other end is trusted now. It was at the handshake; but whom to trust may
   * have changed, and a handshake that resumes an earlier one does not ask.
   *
   * @param dialled whether the other end is the one that listens
   */
  boolean trusts(X509Certificate[] chain, boolean dialled) {
    X509TrustManager checks = trust;
    if (checks == null || chain.length == 0) {
      // Nobody has to show a certificate of ours.
      return true;
    }
    try {
      if (dialled) {
        checks.checkServerTrusted(chain, "UNKNOWN");
      } else {
        checks.checkClientTrusted(chain, "UNKNOWN");
      }
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  @Nullable String token() {
    return security.token();
  }

  ServerCredentials server() {
    if (!security.isTls()) {
      return InsecureServerCredentials.create();
    }
    TlsServerCredentials.Builder tls = TlsServerCredentials.newBuilder().keyManager(identity);
    if (security.authorities() != null) {
      tls.trustManager(authorities);
    }
    return tls.clientAuth(
            security.mutual()
                ? TlsServerCredentials.ClientAuth.REQUIRE
                : TlsServerCredentials.ClientAuth.NONE)
        .build();
  }

  ChannelCredentials client() {
    if (!security.isTls()) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    if (security.authorities() != null) {
      tls.trustManager(authorities);
    }
    if (security.mutual()) {
      tls.keyManager(identity);
    }
    return tls.build();
  }
}
