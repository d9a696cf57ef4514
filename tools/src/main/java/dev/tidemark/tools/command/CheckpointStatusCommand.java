package dev.tidemark.tools.command;

import dev.tidemark.storage.checkpoint.Checkpoints;
import dev.tidemark.storage.checkpoint.ClusterCheckpoint;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.words.CheckpointWords;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints how far a checkpoint is. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Print who has submitted to a checkpoint, who has not, and its root.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark checkpoint status /mnt/checkpoints",
      "  tidemark checkpoint status /mnt/checkpoints monday --check --json"
    })
public final class CheckpointStatusCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "CHECKPOINTS", description = "Directory of checkpoints.")
  private Path directory;

  @Parameters(
      index = "1",
      paramLabel = "ID",
      arity = "0..1",
      description = "The checkpoint's id; without one all are shown.")
  private @Nullable String id;

  @Option(names = "--check", description = "Check every copy byte for byte first.")
  private boolean check;

  @Option(names = "--json", description = "Print an object a checkpoint.")
  private boolean json;

  /** A command that speaks through a printer. */
  public CheckpointStatusCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    Checkpoints checkpoints = new Checkpoints(directory);
    if (id == null) {
      checkpoints.list().forEach(each -> show(checkpoints, each));
    } else {
      show(checkpoints, id);
    }
    return ExitCode.FINE;
  }

  private void show(Checkpoints checkpoints, String shown) {
    ClusterCheckpoint checkpoint =
        check ? checkpoints.check(shown).checkpoint() : checkpoints.load(shown);
    new CheckpointWords(checkpoint).print(printer, json);
  }
}
