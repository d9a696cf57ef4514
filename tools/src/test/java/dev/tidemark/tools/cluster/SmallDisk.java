package dev.tidemark.tools.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.TestReporter;

/**
 * A small file system of its own, that a test can fill and free. Where it may not be mounted, a
 * directory takes its place that cannot be filled, and the test's report says why.
 */
final class SmallDisk implements AutoCloseable {
  private static final int CHUNK = 64 << 10;

  private final Path directory;
  private final boolean mounted;

  private SmallDisk(Path directory, boolean mounted) {
    this.directory = directory;
    this.mounted = mounted;
  }

  /** Mounts one below a directory. */
  static SmallDisk mount(Path parent, int mebibytes, TestReporter reporter) throws Exception {
    Path point = Files.createDirectory(parent.resolve("disk"));
    String refusal =
        refusal("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "disk", point.toString());
    if (!refusal.isEmpty()) {
      reporter.publishEntry("no disk is filled: it may not be mounted", refusal);
    }
    return new SmallDisk(point, refusal.isEmpty());
  }

  /** Where it is mounted. */
  Path directory() {
    return directory;
  }

  boolean canBeFilled() {
    return mounted;
  }

  private Path filler() {
    return directory.resolve("filler");
  }

  /** Leaves no room. */
  void fill() throws IOException {
    if (!mounted) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(filler(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (true) {
        channel.write(ByteBuffer.allocate(CHUNK));
      }
    } catch (IOException full) {
      // It is.
    }
  }

  /** Gives back what was filled. */
  void free() throws IOException {
    Files.deleteIfExists(filler());
  }

  @Override
  public void close() throws Exception {
    // Who was killed a moment ago may still hold it.
    String refusal = mounted ? refusal("umount", "--lazy", directory.toString()) : "";
    if (!refusal.isEmpty()) {
      throw new IOException(refusal);
    }
  }

  /** What a command says that does not succeed; empty if it does. */
  private static String refusal(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : command[0] + " refuses: " + output.strip();
    } catch (IOException e) {
      return "there is no " + command[0];
    }
  }
}
