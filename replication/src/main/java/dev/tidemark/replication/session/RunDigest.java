package dev.tidemark.replication.session;

import dev.tidemark.error.Problem;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The number of a run's parts, and the SHA-256 of their plain bytes, one after the other. */
final class RunDigest {
  private final MessageDigest sha256 = sha256();
  private long parts;

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  void add(byte[] array, int offset, int length) {
    sha256.update(array, offset, length);
    parts++;
  }

  long parts() {
    return parts;
  }

  /** Of the parts so far; more may follow. */
  byte[] value() {
    try {
      return ((MessageDigest) sha256.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw Problem.of("SHA-256 of this platform cannot be read on the way").broken();
    }
  }
}
