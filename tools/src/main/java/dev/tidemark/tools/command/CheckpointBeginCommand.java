package dev.tidemark.tools.command;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.storage.checkpoint.Checkpoints;
import dev.tidemark.storage.checkpoint.ClusterCheckpoint;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.words.CheckpointWords;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Begins a checkpoint. */
@Command(
    name = "begin",
    mixinStandardHelpOptions = true,
    description = "Begin a checkpoint: say who has to submit a snapshot.",
    footerHeading = "%nExamples:%n",
    footer = "  tidemark checkpoint begin /mnt/checkpoints monday --members 1,2,3")
public final class CheckpointBeginCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "CHECKPOINTS", description = "Directory of checkpoints.")
  private Path directory;

  @Parameters(index = "1", paramLabel = "ID", description = "The checkpoint's id.")
  private String id;

  @Option(
      names = "--members",
      paramLabel = "R",
      split = ",",
      required = true,
      description = "The members' replica ids, as tidemark status prints them.")
  private List<String> members;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public CheckpointBeginCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.id = "";
    this.members = List.of();
  }

  @Override
  public Integer call() {
    List<Long> replicas = members.stream().map(ReplicaId::parse).toList();
    ClusterCheckpoint checkpoint = new Checkpoints(directory).begin(id, replicas);
    new CheckpointWords(checkpoint).print(printer, json);
    return ExitCode.FINE;
  }
}
