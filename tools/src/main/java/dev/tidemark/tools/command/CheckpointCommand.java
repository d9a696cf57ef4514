package dev.tidemark.tools.command;

import dev.tidemark.tools.output.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Gathers snapshots of all members of a cluster, and makes stores of them. */
@Command(
    name = "checkpoint",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "begin|submit|status|restore",
    description = {
      "Gather a snapshot of every member of a cluster, each proven to be what the member says, bound"
          + " together by one hash; and make a set of stores of them again.",
      "",
      "CHECKPOINTS is a directory of checkpoints, each in a directory of its id with a record and a"
          + " copy of every snapshot: it needs as much room as all of them. Put it on another disk."
          + " Write its root down elsewhere: who can write to the directory can make another.",
      "",
      "The snapshots need not be of one moment: stores that are made of them exchange what one has"
          + " and another lacks. Updates that no snapshot holds are lost."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it was done, or had been done before",
      "1:an argument is wrong",
      "2:a snapshot is damaged, or is not what it should be; nothing was changed",
      "3:there is no such checkpoint or snapshot, or a file cannot be read or written"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark checkpoint begin /mnt/checkpoints monday --members 1,2,3",
      "  tidemark checkpoint submit /mnt/checkpoints monday"
          + " stores/A/snapshots/0000000000001000-5f3a9c1d20b7e486",
      "  tidemark checkpoint status /mnt/checkpoints monday --json",
      "  tidemark checkpoint restore /mnt/checkpoints monday stores-again"
    })
public final class CheckpointCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
