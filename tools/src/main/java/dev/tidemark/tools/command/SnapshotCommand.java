package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCopy;
import dev.tidemark.storage.snapshot.SnapshotCopy.Copied;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.words.SnapshotWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a snapshot of a store, or lists those there are. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    description = {
      "Take a snapshot of all that a store holds, and remove the oldest of those that are too many."
          + " Opens the store; a program that has it open calls Tidemark.snapshot().",
      "",
      "A snapshot lies in DIR/snapshots and is made of hard links where the file system has them: it"
          + " costs little room, and protects from mistakes, but not from a bad medium, since it"
          + " shares its blocks with the state. A copy does: --copy writes every byte again, forces"
          + " it to the disk, reads it back and checks it. Copy to another disk."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the snapshot was taken, and copied if that was asked for",
      "1:an argument is wrong",
      "2:the store, the snapshot or the copy is damaged",
      "3:there is no store, it is open elsewhere, or the disk is full or cannot be written"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark snapshot stores/A",
      "  tidemark snapshot stores/A --copy /mnt/backup/A --json",
      "  tidemark snapshot stores/A --list"
    })
public final class SnapshotCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(
      names = "--copy",
      paramLabel = "DIR",
      description = "Copy it there too, byte by byte, into a directory of its own name.")
  private @Nullable Path copy;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Keep the newest N in the store; by default 2. Copies are never removed.")
  private int keep;

  @Option(names = "--list", description = "Take none; list those there are, the newest first.")
  private boolean list;

  @Option(names = "--json", description = "Print objects.")
  private boolean json;

  /** A command that speaks through a printer. */
  public SnapshotCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.keep = Retention.defaults().keepSnapshots();
  }

  @Override
  public Integer call() {
    Arguments.atLeastOne("--keep", keep);
    if (list) {
      Snapshots.list(StoreDirectory.files(directory))
          .forEach(path -> print(Snapshot.read(path), null));
      return ExitCode.FINE;
    }
    Arguments.requireStore(directory);
    Options options = Options.defaults();
    Retention retention = options.retention().withKeepSnapshots(keep);
    try (Tidemark store =
        Tidemark.open(directory, Schema.empty(), options.withRetention(retention))) {
      Snapshot taken = store.snapshot();
      print(taken, null);
      if (copy != null) {
        Copied copied = new SnapshotCopy(taken, DurableFiles.standard(), () -> {}).into(copy);
        print(copied.snapshot(), copied.largeValues());
      }
    }
    return ExitCode.FINE;
  }

  private void print(Snapshot snapshot, @Nullable BlobReport largeValues) {
    if (json) {
      printer.json(out -> write(out, snapshot, largeValues));
      return;
    }
    SnapshotWords.lines(snapshot).forEach(printer::line);
    if (largeValues != null) {
      SnapshotWords.lines(largeValues).forEach(printer::line);
    }
  }

  private static void write(JsonGenerator out, Snapshot snapshot, @Nullable BlobReport largeValues)
      throws IOException {
    out.writeStartObject();
    SnapshotWords.write(out, snapshot);
    if (largeValues != null) {
      SnapshotWords.write(out, largeValues);
    }
    out.writeEndObject();
  }
}
