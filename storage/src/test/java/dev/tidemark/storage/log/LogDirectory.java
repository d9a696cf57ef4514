package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A store's directory in a test, and the ways tests treat it. */
final class LogDirectory {
  static final byte[] STORE_ID =
      "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  static final LogOptions SMALL = LogOptions.DEFAULT.withSegmentBytes(LogOptions.MIN_SEGMENT_BYTES);

  final StoreFiles files;

  LogDirectory(Path directory) {
    this.files = new StoreFiles(directory);
  }

  OpLog open() {
    return OpLog.open(files, STORE_ID, SMALL);
  }

  OpLog open(DurableFiles disk) {
    return OpLog.open(files, STORE_ID, SMALL, disk);
  }

  /** What a kill of the process leaves: the files as they are, without anything being closed. */
  LogDirectory copyTo(Path target) throws IOException {
    // The mark first, so that it never claims more than the copied log holds.
    copy(files.durableMark(), target.resolve("DURABLE-MARK"));
    try (Stream<Path> tree = Files.walk(files.directory())) {
      for (Path path : tree.filter(Files::isRegularFile).sorted().toList()) {
        if (!path.equals(files.durableMark())) {
          copy(path, target.resolve(files.directory().relativize(path)));
        }
      }
    }
    return new LogDirectory(target);
  }

  /** Copies without the zeros that were allocated ahead, which would cost 80 MiB for each copy. */
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (var in = java.nio.channels.FileChannel.open(from);
        var out = new java.io.RandomAccessFile(to.toFile(), "rw")) {
      byte[] chunk = new byte[1 << 16];
      byte[] zeros = new byte[chunk.length];
      long size = in.size();
      out.setLength(size);
      for (long at = 0; at < size; at += chunk.length) {
        int n = in.read(java.nio.ByteBuffer.wrap(chunk), at);
        if (!Arrays.equals(chunk, 0, n, zeros, 0, n)) {
          out.seek(at);
          out.write(chunk, 0, n);
        }
      }
    }
  }

  /** The data file of the last segment. */
  Path lastDataFile() throws IOException {
    try (Stream<Path> tree = Files.walk(files.log())) {
      return tree.filter(path -> path.toString().endsWith(".cq4"))
          .sorted()
          .reduce((a, b) -> b)
          .get();
    }
  }

  /** Every file with its bytes. */
  Map<String, Integer> contents() throws IOException {
    Map<String, Integer> all = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(files.directory())) {
      for (Path path : tree.toList()) {
        String name = files.directory().relativize(path).toString();
        all.put(name, Files.isRegularFile(path) ? Arrays.hashCode(Files.readAllBytes(path)) : 0);
      }
    }
    return all;
  }

  static long append(OpLog log, byte[] body) {
    return log.append(body, 0, body.length);
  }

  /** The bodies from a position on. */
  static List<byte[]> read(LogCursor cursor) {
    List<byte[]> bodies = new ArrayList<>();
    while (cursor.next()) {
      int at = cursor.offset();
      bodies.add(Arrays.copyOfRange(cursor.array(), at, at + cursor.length()));
    }
    return bodies;
  }

  static List<byte[]> readAll(OpLog log) {
    try (LogCursor cursor = log.cursor(log.firstPosition())) {
      return read(cursor);
    }
  }
}
