package dev.tidemark.tools.command;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.words.OperationWords;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what the log holds. */
@Command(
    name = "log",
    mixinStandardHelpOptions = true,
    description = {
      "Print what the log holds, one operation a line. Writes no byte of the store, and may be run"
          + " while another process has it open.",
      "",
      "Columns, with tabs between: log position, origin#sequence, hybrid time, strategy, key, what"
          + " the operation does. Keys and values are quoted; control characters and bytes that are"
          + " not UTF-8 are escaped. A counter's operation holds a running total: 'raise"
          + " increments to 5' is what its origin has added in all.",
      "",
      "What compaction has folded is printed per key: positions as in 4-12, 'folded' for who made it,"
          + " and '-' for when. It is not printed with --origin."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all was printed, or the reader had enough (| head)",
      "1:an argument is wrong",
      "2:the log is damaged; what comes before the damage was printed",
      "3:there is no store"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark log stores/A | head",
      "  tidemark log stores/A --key cart:1",
      "  tidemark log stores/A --from 1000 --to 1999 --origin 7 --json"
    })
public final class LogCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(names = "--from", paramLabel = "P", description = "The first log position.")
  private long from;

  @Option(names = "--to", paramLabel = "P", description = "The last log position.")
  private long to = Long.MAX_VALUE;

  @Option(names = "--key", paramLabel = "K", description = "Operations on this key only.")
  private @Nullable String key;

  @Option(names = "--origin", paramLabel = "R", description = "Operations of this replica only.")
  private @Nullable String origin;

  @Option(names = "--json", description = "Print an object a line.")
  private boolean json;

  /** A command that speaks through a printer. */
  public LogCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
  }

  @Override
  public Integer call() {
    Long wantedOrigin = origin == null ? null : ReplicaId.parse(origin);
    Bytes wantedKey = key == null ? null : Bytes.utf8(key);
    StoreFiles files = StoreDirectory.files(directory);
    StoreDirectory.identity(files);
    try (LogReader log = LogReader.open(files)) {
      long first = from == 0 ? log.firstPosition() : from;
      Arguments.atLeastOne("--from", first);
      requireReached(log, first);
      print(log, first, wantedOrigin, wantedKey);
      log.refusal()
          .ifPresent(
              refusal -> {
                throw refusal;
              });
    }
    return ExitCode.FINE;
  }

  private static void requireReached(LogReader log, long first) {
    if (first < log.firstPosition()) {
      throw Problem.of("log begins above the position")
          .with("from", first)
          .with("first", log.firstPosition())
          .advise("leave --from out to begin where the log does")
          .illegalArgument();
    }
  }

  private void print(
      LogReader log, long first, @Nullable Long wantedOrigin, @Nullable Bytes wantedKey) {
    try (LogCursor cursor = log.cursor(first)) {
      while (cursor.next() && cursor.position() <= to) {
        if (cursor.isRun()) {
          printRun(cursor, wantedOrigin, wantedKey);
        } else if (wantedOrigin == null || originOf(cursor) == wantedOrigin) {
          Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
          print(cursor.position(), commit, wantedKey);
        }
      }
    }
  }

  private void printRun(LogCursor cursor, @Nullable Long wantedOrigin, @Nullable Bytes wantedKey) {
    RunRecords records = cursor.records();
    RunRecord next = wantedOrigin == null ? records.next() : null;
    while (next != null) {
      Operation operation = new Operation(next.namespace(), next.key(), next.delta());
      print(
          new OperationWords(cursor.firstPosition(), cursor.position(), null, operation),
          wantedKey);
      next = records.next();
    }
  }

  /** Read before the rest is decoded, which may not be wanted. */
  private static long originOf(LogCursor cursor) {
    ByteReader in = new ByteReader(cursor.array(), cursor.offset(), cursor.length());
    return CommitCodec.decodeHeader(in).origin();
  }

  private void print(long position, Commit commit, @Nullable Bytes wantedKey) {
    for (int i = 0; i < commit.operations().size(); i++) {
      Operation operation = commit.operations().get(i);
      print(
          new OperationWords(position, position, commit.header().operation(i), operation),
          wantedKey);
    }
  }

  private void print(OperationWords words, @Nullable Bytes wantedKey) {
    if (wantedKey == null || wantedKey.equals(words.operation().key())) {
      if (json) {
        printer.json(words::writeTo);
      } else {
        printer.line(words.line());
      }
    }
  }
}
