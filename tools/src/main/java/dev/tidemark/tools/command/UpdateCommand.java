package dev.tidemark.tools.command;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.inspect.Rehearsal;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.words.Argument;
import dev.tidemark.tools.words.UpdateWords;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes one update. The store is opened for writing only after the update was found acceptable. */
@Command(
    name = "update",
    mixinStandardHelpOptions = true,
    description = {
      "Make one update and print its log position. Opens the store for writing.",
      "",
      "Operations by strategy:",
      "  lww-register, mv-register   set VALUE | delete",
      "  epoch-max                   put EPOCH COUNT | delete",
      "  g-counter                   increment AMOUNT | delete",
      "  pn-counter                  increment AMOUNT | decrement AMOUNT | delete",
      "  g-set                       add ELEMENT",
      "  or-set                      add ELEMENT | remove ELEMENT | delete",
      "  ew-flag                     enable | disable | delete",
      "  lww-map                     put FIELD VALUE | remove FIELD | delete",
      "  or-map:NESTED               update FIELD OP [ARG] | remove FIELD | delete",
      "  journal                     append EVENT",
      "",
      "A store that is not there yet is created if a --schema is given. What begins with a dash and"
          + " is no option is an argument; put -- before one that would be."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the update is logged",
      "1:key, operation or argument is not acceptable; nothing was changed",
      "2:the store is damaged",
      "3:the store is missing, held by another process, or has another schema"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark update stores/A cart:1 add milk --schema cart:=or-set",
      "  tidemark update stores/A likes:7 increment 3 --synced",
      "  tidemark update stores/A m:1 update field increment 3",
      "  tidemark update stores/A rl:x put 5 -1",
      "  tidemark update stores/A video set --file video.mp4"
    })
public final class UpdateCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
  private String key;

  @Parameters(index = "2", paramLabel = "OP", description = "The operation: see above.")
  private String operation;

  @Parameters(index = "3..*", arity = "0..*", paramLabel = "ARGS", description = "Its arguments.")
  private List<String> arguments;

  @Option(
      names = "--schema",
      paramLabel = "PREFIX=STRATEGY",
      description = "Create the store with this prefix, or let its schema grow by it; repeatable.")
  private List<String> prefixes;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = {
        "Take the last argument, the value, from this file. One of more than 1 MiB is for `set` of an"
            + " lww-register and `put` of an lww-map alone: it is written as a stream."
      })
  private @Nullable Path file;

  @Option(names = "--synced", description = "Wait until the update survives a power loss.")
  private boolean synced;

  /** A command that speaks through a printer. */
  public UpdateCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.key = "";
    this.operation = "";
    this.arguments = List.of();
    this.prefixes = List.of();
  }

  @Override
  public Integer call() throws IOException {
    Plan plan = rehearse(SchemaWords.parse(prefixes));
    try (Tidemark store = Tidemark.open(directory, plan.schema())) {
      long position = make(store, plan.update());
      if (synced) {
        store.awaitSynced(position);
      }
      printer.line("%d", position);
    }
    return ExitCode.FINE;
  }

  private long make(Tidemark store, Update update) throws IOException {
    Path from = file;
    if (from == null || !LargeFile.isLarge(from)) {
      return store.key(key).with(Durability.BUFFERED).update(update);
    }
    try (InputStream in = Files.newInputStream(from)) {
      return update instanceof Update.PutField put
          ? store.largeValues().put(key, put.field(), in)
          : store.largeValues().put(key, in);
    }
  }

  /** What will be done, once it was found acceptable. */
  private record Plan(Schema schema, Update update) {}

  /** Refuses what opening or updating would refuse, while no byte is changed yet. */
  private Plan rehearse(Schema asked) throws IOException {
    if (StoreDirectory.holdsStore(directory)) {
      try (Inspection store = Inspection.open(directory)) {
        Schema schema = SchemaWords.grow(store, asked, prefixes);
        Update update = parse(schema);
        store.rehearse(schema, key, update);
        return new Plan(schema, update);
      }
    }
    if (prefixes.isEmpty()) {
      throw new StoreUnusableException(
          Problem.of("there is no store")
              .with("directory", directory)
              .advise("check the path, or give --schema PREFIX=STRATEGY to create one"));
    }
    Update update = parse(asked);
    Rehearsal.ofNewKey(asked, key, update);
    return new Plan(asked, update);
  }

  private Update parse(Schema schema) throws IOException {
    Strategy strategy = schema.of(Bytes.utf8(key)).strategy();
    List<Argument> words = new ArrayList<>();
    arguments.forEach(word -> words.add(Argument.word(word)));
    if (file != null) {
      words.add(LargeFile.argument(file));
    }
    Update update = UpdateWords.parse(strategy, operation, words);
    if (file != null && LargeFile.isLarge(file)) {
      LargeFile.requirePossible(strategy, update);
    }
    return update;
  }
}
