package dev.tidemark.benchmarks;

import dev.tidemark.benchmarks.harness.Benchmark;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs each benchmark in a process of its own: what one has compiled, cached or left in memory must
 * not show in the figures of the next.
 */
final class Children {
  static final String FLAG = "--in-this-process";

  private Children() {}

  /** Runs one with options of the command; gives its exit code. */
  static int run(Benchmark benchmark, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(benchmark.jvmOptions());
    String classPath = System.getProperty("java.class.path");
    if (classPath.endsWith(".jar") && !classPath.contains(System.getProperty("path.separator"))) {
      // Its manifest opens what the libraries reach into, and is read for -jar only.
      command.addAll(List.of("-jar", classPath));
    } else {
      command.addAll(List.of("-cp", classPath, Main.class.getName()));
    }
    command.addAll(options);
    command.add(FLAG);
    command.add(benchmark.name());
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
