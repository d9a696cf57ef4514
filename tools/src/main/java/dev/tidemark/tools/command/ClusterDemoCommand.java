package dev.tidemark.tools.command;

import dev.tidemark.tools.cluster.ClusterDemo;
import dev.tidemark.tools.output.Directories;
import dev.tidemark.tools.output.Printer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Breaks a cluster of three processes and sees whether they agree afterwards. */
@Command(
    name = "cluster-demo",
    mixinStandardHelpOptions = true,
    description = {
      "Start three processes that exchange with each other, write to all of them over HTTP, kill one"
          + " with kill -9 and start it again, cut another one off and connect it again. Then compare:"
          + " all three must have seen the same operations and hold the same values, and nothing that"
          + " was acknowledged may be missing. Takes 10 to 60 seconds."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all three agree",
      "1:an option is wrong",
      "2:they do not agree, or something acknowledged is lost",
      "3:a process could not be started"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  tidemark cluster-demo", "  tidemark cluster-demo --keep stores --json"})
public final class ClusterDemoCommand implements Callable<Integer> {
  private final Printer printer;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "Keep the stores in DIR, which must be empty or missing.")
  private @Nullable Path keep;

  @Option(names = "--json", description = "Print the outcome as one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public ClusterDemoCommand(Printer printer) {
    this.printer = printer;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (keep != null) {
      Directories.requireFresh(keep);
      Files.createDirectories(keep);
      return ClusterDemo.run(printer, keep, json);
    }
    Path directory = Files.createTempDirectory("tidemark-cluster");
    try {
      return ClusterDemo.run(printer, directory, json);
    } finally {
      Directories.delete(directory);
    }
  }
}
