package dev.tidemark.replication.transport;

import io.grpc.Attributes;
import io.grpc.Grpc;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
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
    Set<String> names = new HashSet<>();
    X509Certificate[] chain = chain(connection);
    try {
      if (chain.length > 0) {
        addNames(chain[0].getSubjectAlternativeNames(), names);
      }
    } catch (CertificateParsingException none) {
      return Set.of();
    }
    return names;
  }

  /** What it has shown; empty if that is nothing. */
  static X509Certificate[] chain(Attributes connection) {
    SSLSession session = connection.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return new X509Certificate[0];
    }
    try {
      return Arrays.stream(session.getPeerCertificates())
          .filter(X509Certificate.class::isInstance)
          .map(X509Certificate.class::cast)
          .toArray(X509Certificate[]::new);
    } catch (SSLPeerUnverifiedException none) {
      return new X509Certificate[0];
    }
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
