package dev.tidemark.tools.command;

import dev.tidemark.tools.demo.Demo;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The main job: a recorded history at many replicas. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Replay 17 years of a large open-source project and check the outcome against git.",
      "",
      "Every git commit is made again, at one of 43 replicas, each a store of its own on disk, once"
          + " that replica has received exactly what the commit's parents had seen. At the end all"
          + " replicas exchange the rest and have to agree. Takes about a minute and 2 GB of the"
          + " temporary directory, which are given back."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every check has passed",
      "1:N is out of range, or DIR is in use",
      "2:something is not as git has it; the table says what",
      "3:a store cannot be opened or written"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark demo",
      "  tidemark demo --commits 3000 --keep stores",
      "  tidemark log stores/replica-00 | head"
    })
public final class DemoCommand implements Callable<Integer> {
  private final Printer printer;

  @Option(
      names = "--commits",
      paramLabel = "N",
      description = "Replay the first N commits only, and check what they come to.")
  private @Nullable Integer commits;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Keep the stores in DIR, which must be empty or missing.")
  private @Nullable Path keep;

  @Option(
      names = "--transport",
      paramLabel = "HOW",
      description = {
        "How replicas exchange: ${COMPLETION-CANDIDATES}; by default process.",
        "With grpc each is an endpoint of its own on loopback."
      })
  private Transport.Kind transport = Transport.Kind.PROCESS;

  @Option(names = "--json", description = "Print the outcome as JSON.")
  private boolean json;

  /** A command that speaks through a printer. */
  public DemoCommand(Printer printer) {
    this.printer = printer;
  }

  @Override
  public Integer call() throws IOException {
    return Demo.run(printer, commits, keep, transport, json);
  }
}
