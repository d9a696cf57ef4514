package dev.tidemark.tools.command;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.membership.RingReport;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.serve.ClusterResource;
import dev.tidemark.tools.serve.RingJson;
import dev.tidemark.tools.words.RingChange;
import dev.tidemark.tools.words.RingView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows or changes which members of a store's cluster own which keys. */
@Command(
    name = "ring",
    mixinStandardHelpOptions = true,
    description = {
      "Print the ring of a store's cluster, by the store's directory or the URL where it is served:"
          + " who owns keys in it, how far each is with handing them over, and how much this store"
          + " holds. Writes no byte of the store.",
      "",
      "With an option, changes it. What is changed is logged, and reaches the others as updates do;"
          + " then they hand keys over by themselves, while all go on. A store that is not served"
          + " is opened for it, and has to be told what it is called."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the ring was printed",
      "1:an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, it is open elsewhere, nobody answers under the URL, or what was asked for"
          + " cannot be done: the message says why"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark ring http://127.0.0.1:8001 --announce a --announce b --announce c --copies 2",
      "  tidemark ring http://127.0.0.1:8001 --join d",
      "  tidemark ring stores/A --name a --leave d",
      "  tidemark ring stores/A --json | jq .settled"
    })
public final class RingCommand implements Callable<Integer> {
  private final Printer printer;

  @Mixin private final Place place = new Place();

  @ArgGroup private @Nullable Change change;

  @Option(
      names = "--points",
      paramLabel = "N",
      description =
          "With --announce: at how many points of the ring each member stands; the more, the evener"
              + " are the shares (default: ${DEFAULT-VALUE}).")
  private int points = RingChange.POINTS;

  @Option(
      names = "--copies",
      paramLabel = "N",
      description = "With --announce: how many members own each key (default: ${DEFAULT-VALUE}).")
  private int copies = RingChange.COPIES;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "With a change in a directory: what its store is called in the ring.")
  private @Nullable String name;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** What is to be changed: one of them at a time. */
  static final class Change {
    @Option(
        names = "--announce",
        paramLabel = "NAME",
        description =
            "Announce the first ring with this member, at a store that holds all keys and is one;"
                + " repeatable.")
    private @Nullable List<String> announced;

    @Option(
        names = "--join",
        paramLabel = "NAME",
        description = "Let a member in: it gets its share of the keys from the others.")
    private @Nullable String joining;

    @Option(
        names = "--leave",
        paramLabel = "NAME",
        description = "Have a member give all its keys to the others; then it may be closed.")
    private @Nullable String leaving;

    @Option(
        names = "--drop",
        paramLabel = "NAME",
        description =
            "Have nobody wait for a member that is gone for ever. What only that one had is lost.")
    private @Nullable String dropped;

    RingChange words(int points, int copies) {
      if (announced != null) {
        return RingChange.announce(announced, points, copies);
      } else if (joining != null) {
        return RingChange.of("join", joining);
      } else if (leaving != null) {
        return RingChange.of("leave", leaving);
      }
      return RingChange.of("drop", String.valueOf(dropped));
    }
  }

  /** A command that speaks through a printer. */
  public RingCommand(Printer printer) {
    this.printer = printer;
  }

  @Override
  public Integer call() throws IOException {
    RingChange wanted = change == null ? null : change.words(points, copies);
    RingView ring = place.isServed() ? place.ask(ClusterResource.RING, wanted) : stored(wanted);
    if (json) {
      printer.json(out -> RingJson.write(out, ring));
    } else {
      ring.lines().forEach(line -> printer.line("%s", line));
    }
    return ExitCode.FINE;
  }

  private RingView stored(@Nullable RingChange wanted) {
    Path directory = place.directory();
    return RingView.of(wanted == null ? look(directory) : change(directory, wanted));
  }

  private static RingReport look(Path directory) {
    try (Inspection store = Inspection.open(directory)) {
      return store.ring();
    }
  }

  private RingReport change(Path directory, RingChange wanted) {
    String called = name;
    if (called == null) {
      throw Problem.of("store is not named")
          .advise("give --name: what its store is called in the ring")
          .illegalArgument();
    }
    Arguments.requireStore(directory);
    Options options = Options.defaults().withRingMember(called);
    try (Tidemark store = Tidemark.open(directory, Schema.empty(), options)) {
      wanted.apply(store.ring());
      return store.ring().report();
    }
  }
}
