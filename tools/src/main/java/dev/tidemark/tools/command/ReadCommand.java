package dev.tidemark.tools.command;

import dev.tidemark.engine.operation.Value;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.ValueJson;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a key's value. */
@Command(
    name = "read",
    mixinStandardHelpOptions = true,
    description = {
      "Print a key's value as JSON. Writes no byte of the store.",
      "",
      "A register is a string or null, an epoch-max {\"epoch\":E,\"count\":C} or null, a counter a"
          + " whole number, a set or mv-register a sorted list, a flag true or false, a map an"
          + " object, a journal a list in order. A key that was never written has the empty value of"
          + " its strategy. Bytes that are not UTF-8 are {\"hex\":\"00ff\"}."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the value was printed",
      "1:the key is not one",
      "2:the store is damaged",
      "3:there is no store, or it cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark read stores/A cart:1", "  tidemark read --pretty stores/A tree"})
public final class ReadCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
  private String key;

  @Option(names = "--pretty", description = "Print over many indented lines.")
  private boolean pretty;

  /** A command that speaks through a printer. */
  public ReadCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.key = "";
  }

  @Override
  public Integer call() {
    try (Inspection store = Inspection.open(directory)) {
      Value value = store.value(key);
      if (pretty) {
        printer.prettyJson(json -> ValueJson.write(json, value));
      } else {
        printer.json(json -> ValueJson.write(json, value));
      }
    }
    return ExitCode.FINE;
  }
}
