package dev.tidemark.tools.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.explain.Explanation;
import dev.tidemark.engine.explain.Verdict;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.inspect.KeyExplanation;
import dev.tidemark.tools.output.Escape;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.tools.output.ValueJson;
import dev.tidemark.tools.serve.MembersJson;
import dev.tidemark.tools.words.MembersView;
import dev.tidemark.tools.words.OperationWords;
import dev.tidemark.tools.words.VerdictWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Explains a value. */
@Command(
    name = "why",
    mixinStandardHelpOptions = true,
    description = {
      "Explain a key's value: what the log holds of it, what became of each operation, by which"
          + " rule of the strategy, and to which operation it lost. Writes no byte of the store, and"
          + " may be run while another process has it open.",
      "",
      "Columns, with tabs between: log position (of a folded segment the first and the last),"
          + " origin#sequence, hybrid time, what the operation did, what became of it. An operation"
          + " 'stands' if it makes the value or a part of it; 'is kept' if the state holds it though"
          + " no reader sees it; 'is contained in' a later total; 'is done' if it took away what its"
          + " maker saw; 'is given up' if it was lost with its maker; else it 'lost to' another. 'state'"
          + " in place of a position marks what the log does not hold any more.",
      "",
      "Shown are the newest operations of those that make the state, and as many of the others; the"
          + " rest is counted."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the value was explained",
      "1:the key is not one, or an argument is wrong",
      "2:the store is damaged",
      "3:there is no store, or it cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark why stores/A cart:1",
      "  tidemark why stores/A cart:1 --limit 100 --json | jq .verdicts"
    })
public final class WhyCommand implements Callable<Integer> {
  private static final int MOST_SHOWN = 10_000;

  private final Printer printer;

  @Parameters(index = "0", paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
  private String key;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Show so many operations of either kind at most; ${DEFAULT-VALUE} by default.")
  private int limit = 20;

  @Option(names = "--json", description = "Print one object.")
  private boolean json;

  /** A command that speaks through a printer. */
  public WhyCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.key = "";
  }

  @Override
  public Integer call() {
    Arguments.atLeastOne("--limit", limit);
    Arguments.atMost("--limit", limit, MOST_SHOWN);
    KeyExplanation why;
    try (Progress progress = printer.progress("positions")) {
      why = KeyExplanation.of(directory, key, limit, position -> progress.at(position, -1));
    }
    if (json) {
      printer.json(out -> write(out, why));
    } else {
      print(why);
    }
    return ExitCode.FINE;
  }

  private void print(KeyExplanation why) {
    Strategy strategy = why.namespace().strategy();
    Explanation explanation = why.explanation();
    printer.line("key      %s, %s", Escape.quoted(Bytes.utf8(key)), strategy);
    Value value = why.value();
    if (value == null) {
      printer.line("value    more than %,d parts; see tidemark read", limit);
    } else {
      printer.json("value    ", out -> ValueJson.write(out, value));
    }
    printer.line(
        "log      positions %,d to %,d, %,d operations on it%s",
        why.firstPosition(), why.lastPosition(), explanation.items(), folded(explanation));
    explanation.older().forEach(verdict -> print(strategy, verdict));
    long unnamed = explanation.olderCount() - explanation.older().size();
    if (unnamed > 0 || explanation.olderMore()) {
      printer.line("state\t%,d more%s", unnamed, explanation.olderMore() ? ", and others" : "");
    }
    explanation.verdicts().forEach(verdict -> print(strategy, verdict));
    if (explanation.hidden() > 0) {
      printer.line("not shown %,d of %s", explanation.hidden(), words(explanation.fates()));
    }
    explanation.remains().forEach(remains -> printer.line("remains  %s", words(remains, why)));
    if (isKeptForMembers(why)) {
      printer.line(MembersView.of(why.members()).waiting());
    }
  }

  /** Whether a cluster has to see something before it goes. */
  private static boolean isKeptForMembers(KeyExplanation why) {
    return why.members().isFounded()
        && why.explanation().remains().stream().anyMatch(kept -> kept.kind().isCollectable());
  }

  private static String folded(Explanation explanation) {
    return explanation.folded() == 0
        ? ""
        : String.format(Locale.ROOT, ", %,d of them folded", explanation.folded());
  }

  private void print(Strategy strategy, Verdict verdict) {
    printer.line(new VerdictWords(strategy, verdict).line());
  }

  private static String words(Map<Fate.Kind, Long> fates) {
    StringBuilder words = new StringBuilder();
    fates.forEach(
        (kind, count) -> {
          words.append(words.length() == 0 ? "" : ", ");
          words.append(String.format(Locale.ROOT, "%,d ", count));
          words.append(kind.name().toLowerCase(Locale.ROOT));
        });
    return words.toString();
  }

  private static String words(Remains remains, KeyExplanation why) {
    String words =
        String.format(
            Locale.ROOT,
            "%s: %,d, %,d bytes",
            remains.kind().noun(),
            remains.count(),
            remains.bytes());
    if (remains.known() != null) {
      words += ", known " + remains.known();
    }
    if (remains.newestStamp() > 0) {
      words += ", newest " + OperationWords.time(remains.newestStamp());
    }
    return words + "; " + keptBy(remains, why);
  }

  private static String keptBy(Remains remains, KeyExplanation why) {
    if (!remains.kind().isCollectable()) {
      return "kept for good";
    }
    return remains.newestStamp() > 0 && remains.newestStamp() <= why.horizon()
        ? "everybody has seen it: goes with the next collection"
        : "kept until everybody is known to have seen it";
  }

  private void write(JsonGenerator out, KeyExplanation why) throws IOException {
    Strategy strategy = why.namespace().strategy();
    Explanation explanation = why.explanation();
    out.writeStartObject();
    out.writeStringField("key", key);
    out.writeStringField("strategy", strategy.id());
    if (why.value() != null) {
      out.writeFieldName("value");
      ValueJson.write(out, why.value());
    }
    out.writeNumberField("firstPosition", why.firstPosition());
    out.writeNumberField("lastPosition", why.lastPosition());
    out.writeNumberField("operations", explanation.items());
    out.writeNumberField("folded", explanation.folded());
    out.writeObjectFieldStart("fates");
    for (Map.Entry<Fate.Kind, Long> fate : explanation.fates().entrySet()) {
      out.writeNumberField(fate.getKey().name().toLowerCase(Locale.ROOT), fate.getValue());
    }
    out.writeEndObject();
    out.writeNumberField("hidden", explanation.hidden());
    out.writeArrayFieldStart("verdicts");
    for (Verdict verdict : explanation.verdicts()) {
      new VerdictWords(strategy, verdict).writeTo(out);
    }
    out.writeEndArray();
    out.writeNumberField("inStateOnly", explanation.olderCount());
    out.writeBooleanField("inStateOnlyIsAll", !explanation.olderMore());
    out.writeArrayFieldStart("state");
    for (Verdict verdict : explanation.older()) {
      new VerdictWords(strategy, verdict).writeTo(out);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("remains");
    for (Remains remains : explanation.remains()) {
      write(out, remains, why);
    }
    out.writeEndArray();
    if (isKeptForMembers(why)) {
      MembersJson.writeBlocker(out, MembersView.of(why.members()));
    }
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Remains remains, KeyExplanation why)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("what", remains.kind().noun());
    out.writeNumberField("count", remains.count());
    out.writeNumberField("bytes", remains.bytes());
    if (remains.known() != null) {
      out.writeStringField("known", remains.known().toString());
    }
    if (remains.newestStamp() > 0) {
      out.writeStringField("newest", OperationWords.time(remains.newestStamp()));
    }
    out.writeStringField("kept", keptBy(remains, why));
    out.writeEndObject();
  }
}
