package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that the README begins with, taken from there, compiled and run. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final String FENCE = "```";
  private static final int LAST_LINE = 15;

  @TempDir private Path directory;

  @Test
  void beginsWithACompleteProgramThatRuns() throws Exception {
    List<String> lines = Files.readAllLines(README);
    int start = lines.indexOf(FENCE + "java") + 1;
    int end = start + lines.subList(start, lines.size()).indexOf(FENCE);
    assertThat(end).as("the line that the program ends on").isLessThanOrEqualTo(LAST_LINE);
    Path source = directory.resolve("Hello.java");
    Files.write(source, lines.subList(start, end));

    String classPath = System.getProperty("java.class.path");
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", directory.toString(), source.toString());
    assertThat(failed).as("compiler's exit code").isZero();
    assertThat(run(classPath)).isEqualTo("[milk]\n");
  }

  private String run(String classPath) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What this JVM was given: the flags of the parent pom.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-") || argument.startsWith("-Dchronicle"))
        .forEach(command::add);
    command.addAll(List.of("-cp", directory + java.io.File.pathSeparator + classPath, "Hello"));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("exit code").isZero();
    return output;
  }
}
