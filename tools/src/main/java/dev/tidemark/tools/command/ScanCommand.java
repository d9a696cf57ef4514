package dev.tidemark.tools.command;

import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.core.PinnedScan;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.tools.output.Escape;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.ValueJson;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the keys under a prefix. */
@Command(
    name = "scan",
    mixinStandardHelpOptions = true,
    description = {
      "Print the keys under a prefix that have a value, in the order of their bytes. Writes no byte"
          + " of the store.",
      "",
      "One line a key: key, strategy and value as JSON, with tabs between. In the key, backslashes"
          + " and control characters are escaped (\\\\ \\t \\n \\u0000)."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all keys were printed, or as many as were wanted",
      "1:an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, or it cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark scan stores/A cart:",
      "  tidemark scan stores/A \"\" --keys --limit 10",
      "  tidemark scan stores/A user: --json | jq -r .key"
    })
public final class ScanCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Parameters(
      index = "1",
      paramLabel = "PREFIX",
      description = "What the keys begin with; \"\" for all keys.")
  private String prefix;

  @Option(names = "--json", description = "Print objects with key, strategy and value.")
  private boolean json;

  @Option(names = "--keys", description = "Print the keys only.")
  private boolean keysOnly;

  @Option(names = "--limit", paramLabel = "N", description = "Print so many keys at most.")
  private long limit = Long.MAX_VALUE;

  /** A command that speaks through a printer. */
  public ScanCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.prefix = "";
  }

  @Override
  public Integer call() {
    Arguments.atLeastOne("--limit", limit);
    try (Inspection store = Inspection.open(directory);
        PinnedScan scan = store.scan(prefix)) {
      PinnedScan.Found found = scan.next();
      for (long n = 0; n < limit && found != null; n++) {
        print(found);
        found = n + 1 < limit ? scan.next() : null;
      }
    }
    return ExitCode.FINE;
  }

  private void print(PinnedScan.Found found) {
    Strategy strategy = found.namespace().strategy();
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeStringField("key", found.key().toUtf8());
            if (!keysOnly) {
              out.writeStringField("strategy", strategy.id());
              out.writeFieldName("value");
              ValueJson.write(out, strategy.lattice().value(found.view()));
            }
            out.writeEndObject();
          });
    } else if (keysOnly) {
      printer.line(Escape.bare(found.key()));
    } else {
      Value value = strategy.lattice().value(found.view());
      String start = Escape.bare(found.key()) + '\t' + strategy.id() + '\t';
      printer.json(start, out -> ValueJson.write(out, value));
    }
  }
}
