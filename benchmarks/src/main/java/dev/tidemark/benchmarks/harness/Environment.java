package dev.tidemark.benchmarks.harness;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a figure depends on beside the code. */
public final class Environment {
  private static final long MIB = 1 << 20;

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
    return here;
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
