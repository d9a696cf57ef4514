package dev.tidemark.tools;

import dev.tidemark.tools.output.Printer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a command line in this process, as a script sees it: exit code, output, error stream. */
public record Tool(int exitCode, String out, String err) {
  /** Runs a command line. */
  public static Tool run(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    int exitCode = Main.run(new Printer(out, err, false), words);
    return new Tool(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs a command line that has to succeed. */
  public static Tool fine(Object... arguments) {
    Tool tool = run(arguments);
    if (tool.exitCode != 0) {
      throw new AssertionError(tool.toString());
    }
    return tool;
  }

  /** What it printed. */
  public List<String> lines() {
    return out.lines().toList();
  }

  /** What it printed last. */
  public String lastLine() {
    List<String> lines = lines();
    return lines.get(lines.size() - 1);
  }
}
