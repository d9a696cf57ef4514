package dev.tidemark.replication.transport;

import dev.tidemark.error.Problem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How links are kept private, and who may speak. With a certificate every connection is TLS, and
 * with mutual TLS each end shows a certificate, in which its name must stand as a DNS name.
 *
 * @param certificate a PEM file of the certificate chain; null for plain text
 * @param key a PEM file of its private key, PKCS #8
 * @param authorities a PEM file of whom to trust; null for what the JVM trusts
 * @param mutual whether whoever dials shows a certificate too
 * @param token what whoever dials must show besides; null for none
 */
public record Security(
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable Path authorities,
    boolean mutual,
    @Nullable String token) {
  /** What a token has at least: whoever can try as often as he likes must not come to guess it. */
  private static final int TOKEN_CHARS = 16;

  /** Refuses a token that can be guessed. */
  public Security {
    if (token != null) {
      requireToken(token);
    }
  }

  /** Anybody may read and write along the way. */
  public static final Security PLAIN_TEXT = new Security(null, null, null, false, null);

  /** Whether connections are TLS. */
  public boolean isTls() {
    return certificate != null;
  }

  /**
   * Lets a token pass that somebody has to show.
   *
   * @throws IllegalArgumentException if it is none, or can be guessed
   */
  public static void requireToken(String token) {
    boolean isWord = token.chars().allMatch(c -> c > ' ' && c <= '~');
    if (!isWord || token.length() < TOKEN_CHARS) {
      throw Problem.of(isWord ? "token is too short" : "token is not one word of printable ASCII")
          .with("chars", token.length())
          .with("least", TOKEN_CHARS)
          .advise("draw one at random, for example by `openssl rand -hex 32`")
          .illegalArgument();
    }
  }

  /** The same with a token. */
  public Security withToken(String bearer) {
    return new Security(certificate, key, authorities, mutual, bearer);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "Security[tls=" + isTls() + ", mutual=" + mutual + ", token=" + (token != null) + "]";
  }
}
