package dev.tidemark.tools.command;

import dev.tidemark.Members;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.core.ReissueReport;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.membership.MembershipReport;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.serve.ClusterResource;
import dev.tidemark.tools.serve.MembersJson;
import dev.tidemark.tools.words.MembersChange;
import dev.tidemark.tools.words.MembersView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows or changes who belongs to a store's cluster. */
@Command(
    name = "members",
    mixinStandardHelpOptions = true,
    description = {
      "Print who belongs to a store's cluster, by the store's directory or the URL where it is"
          + " served: what each member is known to have seen, and whom the others wait for before"
          + " they forget what was deleted. Writes no byte of the store, and may be run while"
          + " another process has it open.",
      "",
      "With an option, changes that. What is changed is logged, and reaches the others as updates"
          + " do. A store that is not served is opened for it. A program that has the store open"
          + " calls Tidemark.members()."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the members were printed",
      "1:an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, it is open elsewhere, nobody answers under the URL, or what was asked for"
          + " cannot be done: the message says why"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark members stores/A --found",
      "  tidemark members stores/A --admit 2",
      "  tidemark members http://127.0.0.1:8001 --retire 3",
      "  tidemark members stores/A --reissue stores/old",
      "  tidemark members stores/A --json | jq .waitsFor"
    })
public final class MembersCommand implements Callable<Integer> {
  private final Printer printer;

  @Mixin private final Place place = new Place();

  @ArgGroup private @Nullable Change change;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** What is to be changed: one of them at a time. */
  static final class Change {
    @Option(
        names = "--found",
        description =
            "Found a cluster at this store: every replica it has seen an operation of is a member."
                + " From then on what all members have seen deleted is forgotten.")
    private boolean found;

    @Option(
        names = "--admit",
        paramLabel = "ID",
        description = "Let a replica in. It may write once it has seen that.")
    private @Nullable String admit;

    @Option(
        names = "--retire",
        paramLabel = "ID",
        description =
            "Let the others go on without a member, for ever. What only that one has must be issued"
                + " anew.")
    private @Nullable String retire;

    @Option(
        names = "--reissue",
        paramLabel = "OLD",
        description =
            "Of a store that is not served: make anew, as its updates, what only the store in the"
                + " directory OLD has,"
                + " which must not go on: it was retired, or wrote before it was let in. What was"
                + " made anew once is not made again.")
    private @Nullable Path reissue;

    @Option(
        names = "--found-again",
        description =
            "Where nobody is left who could let this store in: make it the only member, and retire"
                + " all others. It has been restored from a snapshot, so it has a replica id of its"
                + " own.")
    private boolean foundAgain;

    /** What is not given is null, or false. */
    MembersChange words() {
      if (found) {
        return new MembersChange("found", null);
      } else if (foundAgain) {
        return new MembersChange("found-again", null);
      } else if (admit != null) {
        return new MembersChange("admit", admit);
      }
      return new MembersChange("retire", retire);
    }

    void apply(Members members, Printer printer) {
      Path old = reissue;
      if (old != null) {
        reissue(members, old, printer);
      } else {
        words().apply(members);
      }
    }

    private static void reissue(Members members, Path old, Printer printer) {
      Arguments.requireStore(old);
      ReissueReport report;
      try (Tidemark gone = Tidemark.open(old, Schema.empty())) {
        report = members.reissue(gone);
      }
      printer.remark(
          String.format(
              Locale.ROOT, "made anew: %,d keys by %,d updates", report.keys(), report.updates()));
      report
          .left()
          .forEach(key -> printer.remark("left to be decided, read it in both: key=" + key));
    }
  }

  /** A command that speaks through a printer. */
  public MembersCommand(Printer printer) {
    this.printer = printer;
  }

  @Override
  public Integer call() throws IOException {
    MembersView members = place.isServed() ? served() : stored();
    if (json) {
      printer.json(out -> MembersJson.write(out, members));
    } else {
      members.lines().forEach(line -> printer.line("%s", line));
    }
    return ExitCode.FINE;
  }

  private MembersView served() throws IOException {
    if (change != null && change.reissue != null) {
      throw Problem.of("store is served")
          .with("url", place.url())
          .advise("close it, and give its directory: what is made anew is read from another")
          .illegalArgument();
    }
    return place.ask(ClusterResource.MEMBERS, change == null ? null : change.words());
  }

  private MembersView stored() {
    Path directory = place.directory();
    return MembersView.of(change == null ? look(directory) : change(directory, change));
  }

  private static MembershipReport look(Path directory) {
    try (Inspection store = Inspection.open(directory)) {
      return store.members();
    }
  }

  private MembershipReport change(Path directory, Change wanted) {
    Arguments.requireStore(directory);
    try (Tidemark store = Tidemark.open(directory, Schema.empty())) {
      wanted.apply(store.members(), printer);
      return store.members().report();
    }
  }
}
