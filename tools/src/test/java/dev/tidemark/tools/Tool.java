package dev.tidemark.tools;

import dev.tidemark.tools.output.Printer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a command line in this process, as a script sees it: exit code, output, error stream. */
record Tool(int exitCode, String out, String err) {
  static Tool run(Object... arguments) {
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
  static Tool fine(Object... arguments) {
    Tool tool = run(arguments);
    if (tool.exitCode != 0) {
      throw new AssertionError(tool.toString());
    }
    return tool;
  }

  List<String> lines() {
    return out.lines().toList();
  }

  String lastLine() {
    List<String> lines = lines();
    return lines.get(lines.size() - 1);
  }
}
