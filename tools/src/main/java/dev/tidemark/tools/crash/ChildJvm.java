package dev.tidemark.tools.crash;

import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.tools.output.Directories;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts the command in a process of its own: the same Java, flags and classes as this one, made to
 * start fast, since it will not live long.
 */
final class ChildJvm {
  private static final String MAIN = "dev.tidemark.tools.Main";
  private static final int TRAINING_COMMITS = 200;

  private final List<String> base = new ArrayList<>();
  private final List<String> program = new ArrayList<>();

  /** A way to start children; what they share is kept in a directory. */
  ChildJvm(Path directory) throws IOException, InterruptedException {
    String classPath = System.getProperty("java.class.path", "");
    base.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    base.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    List<String> flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--add-"))
            .toList();
    base.addAll(flags);
    base.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    boolean isRunnable = flags.isEmpty() && classPath.endsWith(".jar") && !isMany(classPath);
    program.addAll(isRunnable ? List.of("-jar", classPath) : List.of("-cp", classPath, MAIN));
    if (Arrays.stream(classPath.split(File.pathSeparator, -1)).allMatch(p -> p.endsWith(".jar"))) {
      shareClasses(directory);
    }
  }

  private static boolean isMany(String classPath) {
    return classPath.contains(File.pathSeparator);
  }

  /**
   * Loading classes is most of a start: an archive of them is made once. Without it, it works too.
   */
  private void shareClasses(Path directory) throws IOException, InterruptedException {
    Path archive = directory.resolve("classes.jsa");
    Path room = Files.createTempDirectory(directory, "training");
    List<String> command = new ArrayList<>(base);
    command.add("-XX:ArchiveClassesAtExit=" + archive);
    command.addAll(program);
    Path store = room.resolve("store");
    Path acks = room.resolve("acks");
    command.addAll(load(store, acks, 1, 2, TRAINING_COMMITS));
    Process process = start(command, room.resolve("output"));
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
    }
    Directories.delete(room);
    if (process.exitValue() == 0 && Files.exists(archive)) {
      base.add("-XX:SharedArchiveFile=" + archive);
    }
  }

  /** The arguments of a process that writes. */
  static List<String> load(Path store, Path acks, long seed, int threads, long commits) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("load", store.toString(), "--acks", acks.toString()));
    arguments.addAll(List.of("--seed", String.valueOf(seed)));
    arguments.addAll(List.of("--threads", String.valueOf(threads)));
    if (commits > 0) {
      arguments.addAll(List.of("--ops", String.valueOf(commits)));
    } else {
      arguments.addAll(List.of("--seconds", "30"));
    }
    return arguments;
  }

  /** The arguments of a process that opens, checks, and opens again. */
  static List<String> check(Path store, Path acks) {
    return List.of("check", store.toString(), "--acks", acks.toString());
  }

  /** Starts a process that kills itself, if a kill at a moment is given. */
  Process start(List<String> arguments, @Nullable Kill kill, Path output) throws IOException {
    List<String> command = new ArrayList<>(base);
    if (kill instanceof Kill.AtMoment moment) {
      command.add("-D" + CrashPoint.PROPERTY + "=" + moment);
    }
    command.addAll(program);
    command.addAll(arguments);
    return start(command, output);
  }

  private static Process start(List<String> command, Path output) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }
}
