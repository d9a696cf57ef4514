package dev.tidemark.tools.command;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.checkpoint.CheckedCheckpoint;
import dev.tidemark.storage.checkpoint.CheckpointRefusedException;
import dev.tidemark.storage.checkpoint.CheckpointRestore;
import dev.tidemark.storage.checkpoint.CheckpointRestore.Restored;
import dev.tidemark.storage.checkpoint.Checkpoints;
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

/** Makes a set of stores of a checkpoint. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Make a set of stores of a checkpoint that is complete: one for each member, in a directory of"
          + " its old replica id. Every copy is checked first; nothing is made if one is not as it"
          + " should be. If it was interrupted, run it again.",
      "",
      "The stores take new replica ids: what the old ones made after their snapshots may have been"
          + " seen by others."
    },
    footerHeading = "%nExamples:%n",
    footer = "  tidemark checkpoint restore /mnt/checkpoints monday stores-again")
public final class CheckpointRestoreCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "CHECKPOINTS", description = "Directory of checkpoints.")
  private Path directory;

  @Parameters(index = "1", paramLabel = "ID", description = "The checkpoint's id.")
  private String id;

  @Parameters(index = "2", paramLabel = "DIR", description = "Where the stores are to be.")
  private Path target;

  @Option(
      names = "--root",
      paramLabel = "HEX",
      description = "Refuse it unless it has this root, as it was printed when it was complete.")
  private @Nullable String root;

  @Option(names = "--json", description = "Print an object a store.")
  private boolean json;

  /** A command that speaks through a printer. */
  public CheckpointRestoreCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.id = "";
    this.target = Path.of("");
  }

  @Override
  public Integer call() {
    CheckedCheckpoint checked = new Checkpoints(directory).check(id);
    String actual = CheckpointWords.root(checked.checkpoint());
    if (root != null && !root.toLowerCase(Locale.ROOT).equals(actual)) {
      throw new CheckpointRefusedException(
          Problem.of("checkpoint has another root")
              .with("checkpoint", id)
              .with("expected", root)
              .with("actual", actual)
              .advise("somebody has put another in its place: find the one that was meant"));
    }
    CheckpointRestore.run(checked, target).forEach(this::print);
    return ExitCode.FINE;
  }

  private void print(Restored restored) {
    String replica = ReplicaId.format(restored.identity().replicaId());
    String member = ReplicaId.format(restored.member());
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeStringField("member", member);
            out.writeStringField("replica", replica);
            out.writeStringField("directory", restored.directory().toString());
            out.writeBooleanField("wasThere", restored.wasThere());
            out.writeEndObject();
          });
    } else {
      printer.line(
          "%s   %s of member %s, now replica %s",
          restored.wasThere() ? "was there" : "restored ", restored.directory(), member, replica);
    }
  }
}
