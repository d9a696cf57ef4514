package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.baseline.RocksBaseline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this machine needs at the least for what a store does, on the same bytes and the same disk:
 * reading them once in order, and putting records into RocksDB in sorted batches without its log.
 */
final class PhysicalLimit {
  private static final int READ_BYTES = 1 << 20;
  private static final int BATCH = 20_000;

  private PhysicalLimit() {}

  /** How many seconds it takes to read all files of a directory once, from start to end. */
  static double readSeconds(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    long begin = System.nanoTime();
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file)) {
        while (channel.read(buffer.clear()) >= 0) {
          // What is read is not looked at.
        }
      }
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /**
   * How many seconds it takes to put one value under the names that were asked for, in the order in
   * which they were, a sorted batch at a time, and to write the tables.
   */
  static double sortedBatchSeconds(Path directory, Names names, int from, int to, byte[] value)
      throws Exception {
    try (RocksBaseline rocks = new RocksBaseline(directory)) {
      long begin = System.nanoTime();
      for (int at = from; at < to; at += BATCH) {
        String[] keys = new String[Math.min(BATCH, to - at)];
        Arrays.setAll(keys, names.from(at));
        Arrays.sort(keys);
        rocks.putWithoutLog(keys, value);
      }
      rocks.flush();
      return (System.nanoTime() - begin) / 1e9;
    }
  }
}
