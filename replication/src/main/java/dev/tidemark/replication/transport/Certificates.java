package dev.tidemark.replication.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** The names in the certificate of a connection's other end. */
final class Certificates {
  private static final Integer DNS_NAME = 2;

  private Certificates() {}

  /** Its DNS names; empty if it has shown no certificate. */
  static Set<String> names(Attributes connection) {
    SSLSession session = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    Set<String> names = new HashSet<>();
    if (session != null) {
      try {
        Certificate[] chain = session.getPeerCertificates();
        if (chain.length > 0 && chain[0] instanceof X509Certificate shown) {
          addNames(shown.getSubjectAlternativeNames(), names);
        }
      } catch (SSLPeerUnverifiedException | CertificateParsingException none) {
        return Set.of();
      }
    }
    return names;
  }

  private static void addNames(
      @org.jspecify.annotations.Nullable Collection<List<?>> alternatives, Set<String> names) {
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        if (DNS_NAME.equals(alternative.get(0))) {
          names.add(String.valueOf(alternative.get(1)));
        }
      }
    }
  }
}
