package dev.tidemark.tools.crash;

import dev.tidemark.tools.load.Check;
import dev.tidemark.tools.load.CheckReport;
import dev.tidemark.tools.output.Failure;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that is written to and killed, round after round. */
final class Chain {
  private static final int COMMITS_BEFORE_MISHAP = 100;
  private static final int SHOWN = 5;

  private final Path store;
  private final Path acks;
  private final Path output;
  private final ChildJvm jvm;
  private final CrashReport report;
  private long acknowledgedBefore;

  /** A chain of rounds in a new directory. */
  Chain(Path directory, ChildJvm jvm, CrashReport report) {
    this.store = directory.resolve("store");
    this.acks = directory.resolve("acks");
    this.output = directory.resolve("output");
    this.jvm = jvm;
    this.report = report;
  }

  /** Runs a round; gives what went wrong, or null. */
  @Nullable String run(RoundPlan plan) throws IOException, InterruptedException {
    String failure = null;
    if (plan.mishap() != Mishap.NONE) {
      failure = befall(plan);
    }
    if (failure == null) {
      failure = opens(plan.firstOpens());
    }
    if (failure == null) {
      failure = write(plan);
    }
    if (failure == null) {
      failure = opens(plan.opens());
    }
    return failure == null ? check() : failure;
  }

  /** The round before has closed the store; if there was none, there has to be something first. */
  private @Nullable String befall(RoundPlan plan) throws IOException, InterruptedException {
    if (!Files.exists(store)) {
      List<String> arguments = ChildJvm.load(store, acks, plan.seed(), 1, COMMITS_BEFORE_MISHAP);
      Process process = jvm.start(arguments, null, output);
      if (process.waitFor() != 0) {
        return "a process that wrote in peace ended with " + process.exitValue() + ": " + said();
      }
    }
    plan.mishap().befall(store);
    return null;
  }

  private @Nullable String write(RoundPlan plan) throws IOException, InterruptedException {
    return kill(
        ChildJvm.load(store, acks, plan.seed(), plan.threads(), plan.commits()),
        plan.load(),
        plan.commits() > 0);
  }

  private @Nullable String opens(List<Kill> kills) throws IOException, InterruptedException {
    for (Kill kill : kills) {
      // What is open for the first time has nothing to check against.
      if (Files.exists(acks)) {
        String failure = kill(ChildJvm.check(store, acks), kill, true);
        if (failure != null) {
          return failure;
        }
      }
    }
    return null;
  }

  private @Nullable String kill(List<String> arguments, Kill kill, boolean endsByItself)
      throws IOException, InterruptedException {
    long linesBefore = Files.exists(acks) ? Files.size(acks) : 0;
    Process process = jvm.start(arguments, kill, output);
    Casualty.End end = new Casualty(process, acks, linesBefore).await(kill, endsByItself);
    switch (end) {
      case KILLED -> report.killed(kill.kind());
      case NOT_REACHED, FINISHED -> report.missed(kill.kind());
      case FAILED -> {
        return arguments.get(0) + " failed with " + process.exitValue() + ": " + said();
      }
      case HUNG -> {
        return arguments.get(0) + " did not end";
      }
    }
    return null;
  }

  /** The last lines a child has said. */
  private String said() throws IOException {
    List<String> lines = Files.readAllLines(output);
    return String.join(" / ", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
  }

  private @Nullable String check() throws IOException {
    if (!Files.exists(acks)) {
      // Killed before it could open anything.
      return null;
    }
    CheckReport found;
    try {
      found =
          new Check(
                  store,
                  acks,
                  Durability.BUFFERED,
                  opened -> report.recovered(opened.recoveryCase(), opened.millis()))
              .run();
    } catch (RuntimeException | Error e) {
      return "the check failed: " + Failure.of(e).message();
    }
    report.checked(found.acknowledged() - acknowledgedBefore, found.lost(), found.wrong());
    acknowledgedBefore = found.acknowledged();
    return found.isClean() ? null : describe(found);
  }

  private static String describe(CheckReport found) {
    StringBuilder text =
        new StringBuilder().append(found.lost()).append(" lost, ").append(found.wrong());
    text.append(" wrong");
    found.remarks().entrySet().stream()
        .limit(SHOWN)
        .forEach(
            remark ->
                text.append("; ").append(remark.getKey()).append(": ").append(remark.getValue()));
    return text.toString();
  }
}
