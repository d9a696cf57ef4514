package dev.tidemark.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a directory holds, to the byte: names, and a hash of each file. */
final class DirectoryDigest {
  private DirectoryDigest() {}

  static Map<String, String> of(Path directory) {
    Map<String, String> digest = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String hash = Files.isDirectory(path) ? "directory" : hash(Files.readAllBytes(path));
        digest.put(directory.relativize(path).toString(), hash);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return digest;
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
