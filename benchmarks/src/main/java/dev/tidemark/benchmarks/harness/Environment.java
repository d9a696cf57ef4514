package dev.tidemark.benchmarks.harness;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a figure depends on beside the code. */
public final class Environment {
  private static final long MIB = 1 << 20;
  private static final int DISK_MIB = 256;

  private Environment() {}

  /** Each thing with what it is here; no path and no name of the machine. */
  public static Map<String, String> here(Path directory) throws IOException {
    Runtime runtime = Runtime.getRuntime();
    Map<String, String> here = new LinkedHashMap<>();
    here.put("processors", runtime.availableProcessors() + " of " + processor());
    here.put("load", load());
    here.put("memory", memory());
    here.put("heap", "at most %d MiB, %s".formatted(runtime.maxMemory() / MIB, collectors()));
    here.put("java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    here.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    here.put("file system", Files.getFileStore(directory).type());
    here.put("disk", disk(directory));
    return here;
  }

  /**
   * What the disk takes of a log that grows: a new file, written in order and forced. A virtual
   * disk can be ten times slower there than where a file is overwritten.
   */
  private static String disk(Path directory) throws IOException {
    Path file = Files.createTempFile(directory, "tidemark-bench-", ".disk");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      double fresh = write(channel);
      double again = write(channel);
      return Figure.format(
          "%.0f MiB/s into a new file, forced; %.0f MiB/s over it again", fresh, again);
    } finally {
      Files.delete(file);
    }
  }

  private static double write(FileChannel channel) throws IOException {
    byte[] noise = new byte[(int) MIB];
    new SplittableRandom(1).nextBytes(noise);
    channel.position(0);
    Stopwatch watch = new Stopwatch();
    for (int i = 0; i < DISK_MIB; i++) {
      ByteBuffer block = ByteBuffer.wrap(noise);
      while (block.hasRemaining()) {
        channel.write(block);
      }
    }
    channel.force(true);
    return watch.rate(DISK_MIB);
  }

  private static String load() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load < 0 ? "unknown" : Figure.format("%.1f in the last minute", load);
  }

  private static String processor() {
    return field(Path.of("/proc/cpuinfo"), "model name");
  }

  private static String memory() {
    return field(Path.of("/proc/meminfo"), "MemTotal");
  }

  private static String field(Path file, String name) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String collectors() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .map(GarbageCollectorMXBean::getName)
        .collect(Collectors.joining(" and "));
  }
}
