package dev.tidemark.tools.command;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.checkpoint.CheckpointRefusedException;
import dev.tidemark.storage.checkpoint.Checkpoints;
import dev.tidemark.storage.checkpoint.ClusterCheckpoint;
import dev.tidemark.storage.checkpoint.Submission;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.words.CheckpointWords;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Submits a snapshot to a checkpoint. */
@Command(
    name = "submit",
    mixinStandardHelpOptions = true,
    description = {
      "Submit a member's snapshot to a checkpoint. It is checked byte for byte, copied, and checked"
          + " again; the snapshot itself stays. Doing it again changes nothing.",
      "",
      "A snapshot of another root than that of a member that has seen the same operations is"
          + " refused: one of the two is damaged."
    },
    footerHeading = "%nExamples:%n",
    footer =
        "  tidemark checkpoint submit /mnt/checkpoints monday"
            + " stores/A/snapshots/0000000000001000-5f3a9c1d20b7e486 --member 1")
public final class CheckpointSubmitCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "CHECKPOINTS", description = "Directory of checkpoints.")
  private Path directory;

  @Parameters(index = "1", paramLabel = "ID", description = "The checkpoint's id.")
  private String id;

  @Parameters(index = "2", paramLabel = "SNAPSHOT", description = "The snapshot's directory.")
  private Path snapshot;

  @Option(
      names = "--member",
      paramLabel = "R",
      description = "Refuse it unless it is of this member.")
  private @Nullable String member;

  @Option(
      names = "--root",
      paramLabel = "HEX",
      description = "Refuse it unless it has this root, as the member's tidemark snapshot printed.")
  private @Nullable String root;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public CheckpointSubmitCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.id = "";
    this.snapshot = Path.of("");
  }

  @Override
  public Integer call() {
    Submission submission = Submission.of(Snapshot.read(snapshot).manifest());
    if (member != null) {
      requireSame("member", ReplicaId.format(ReplicaId.parse(member)), name(submission));
    }
    if (root != null) {
      requireSame("root", root.toLowerCase(Locale.ROOT), submission.rootText());
    }
    ClusterCheckpoint checkpoint = new Checkpoints(directory).accept(id, submission, snapshot);
    new CheckpointWords(checkpoint).print(printer, json);
    return ExitCode.FINE;
  }

  private static String name(Submission submission) {
    return ReplicaId.format(submission.member());
  }

  private void requireSame(String what, String expected, String actual) {
    if (!expected.equals(actual)) {
      throw new CheckpointRefusedException(
          Problem.of("snapshot is not the one that was announced")
              .with("snapshot", snapshot)
              .with("what", what)
              .with("expected", expected)
              .with("actual", actual)
              .advise("find the one that was meant"));
    }
  }
}
