package dev.tidemark.tools.command;

import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.tools.output.Escape;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints a store's schema. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = {
      "Print which strategy each key prefix has. Writes no byte of the store.",
      "",
      "One line a prefix: prefix and strategy, with a tab between. A key belongs to the longest"
          + " prefix it begins with; the empty prefix \"\" has the rest."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the schema was printed",
      "1:an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, or it cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark schema stores/A", "  tidemark schema stores/A --json"})
public final class SchemaCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(names = "--json", description = "Print one object, prefix to strategy.")
  private boolean json;

  /** A command that speaks through a printer. */
  public SchemaCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    try (Inspection store = Inspection.open(directory)) {
      if (json) {
        printer.json(
            out -> {
              out.writeStartObject();
              for (Namespace namespace : store.schema().withoutSystem().namespaces()) {
                out.writeStringField(namespace.prefix().toUtf8(), namespace.strategy().id());
              }
              out.writeEndObject();
            });
      } else {
        for (Namespace namespace : store.schema().withoutSystem().namespaces()) {
          printer.line(Escape.quoted(namespace.prefix()) + '\t' + namespace.strategy().id());
        }
      }
    }
    return ExitCode.FINE;
  }
}
