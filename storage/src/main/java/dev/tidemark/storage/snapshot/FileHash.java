package dev.tidemark.storage.snapshot;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Reads files from their beginning to their end, and hashes what it reads. */
final class FileHash {
  /** Bytes of a hash. */
  static final int BYTES = 32;

  private static final int BUFFER_BYTES = 1 << 18;

  private final Runnable pace;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /**
   * A reader of files.
   *
   * @param pace is run between portions; may throw to end the work
   */
  FileHash(Runnable pace) {
    this.pace = pace;
  }

  /** What is done with the bytes that are read. */
  @FunctionalInterface
  interface Sink {
    void take(byte[] bytes, int length, long offset) throws IOException;
  }

  /** What a file is. */
  SnapshotFile of(Path file) throws IOException {
    return of(file, (bytes, length, offset) -> {});
  }

  /** The same; each portion is also handed on. */
  SnapshotFile of(Path file, Sink sink) throws IOException {
    MessageDigest sha = sha256();
    long at = 0;
    try (FileChannel channel = FileChannels.open(file, StandardOpenOption.READ)) {
      while (true) {
        pace.run();
        int length = FileChannels.read(channel, at, buffer, 0, buffer.length);
        if (length == 0) {
          break;
        }
        sha.update(buffer, 0, length);
        sink.take(buffer, length, at);
        at += length;
      }
    }
    return new SnapshotFile(file.getFileName().toString(), at, Bytes.wrap(sha.digest()));
  }

  static String hex(Bytes hash) {
    return HexFormat.of().formatHex(hash.array());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
