package dev.tidemark.tools.demo;

import dev.tidemark.storage.Status;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.tools.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Replays a recording at its replicas and compares what it came to with what it has to. */
public final class Demo {
  private final Causality causality;
  private final Expectations expected;
  private final List<Check> checks = new ArrayList<>();
  private final Memory memory = new Memory();

  private Demo(Causality causality, Expectations expected) {
    this.causality = causality;
    this.expected = expected;
  }

  /**
   * Replays the shipped recording and prints what it came to.
   *
   * @param commits how many; null for all
   * @param keep where the stores stay; null for a temporary directory
   * @param transport how replicas take from each other
   * @return the exit code
   */
  public static int run(
      Printer printer,
      @Nullable Integer commits,
      @Nullable Path keep,
      Transport.Kind transport,
      boolean json)
      throws IOException {
    return run(Recording.load(), printer, commits, keep, transport, json);
  }

  static int run(
      Recording recording,
      Printer printer,
      @Nullable Integer commits,
      @Nullable Path keep,
      Transport.Kind transport,
      boolean json)
      throws IOException {
    Report report;
    try (Workspace workspace = new Workspace(keep);
        Progress progress = printer.progress("operations")) {
      report = of(recording, commits).replay(workspace, transport, progress);
    }
    if (json) {
      printer.prettyJson(out -> ReportJson.write(report, out));
    } else {
      Table.of(report).forEach(printer::line);
    }
    return report.matches() ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private static Demo of(Recording recording, @Nullable Integer commits) {
    History whole = recording.history();
    if (commits == null || commits == whole.size()) {
      return new Demo(new Causality(whole), recording.expected());
    }
    Causality causality = new Causality(whole.first(commits));
    return new Demo(causality, Expectations.ofFirst(recording.expected(), causality));
  }

  private Report replay(Workspace workspace, Transport.Kind transport, Progress progress) {
    History history = causality.history();
    try (Replicas replicas = new Replicas(history.replicas(), workspace, transport);
        Crew crew = new Crew()) {
      Replay replay = new Replay(causality, expected.checkpoints(), replicas.all());
      Runnable step =
          () -> {
            workspace.requireRunning();
            memory.look();
            progress.at(replay.operations(), replay.share());
          };
      crew.inCausalOrder(history, commit -> replay.make(commit, step));
      Replica last = replicas.get(history.last().replica());
      examine(replay, last);
      replay.agree(last, crew, step);
      crew.forEach(replicas.all(), Replica::flush);
      checks.add(Findings.agreement(last, replicas.all()));
      return new Report(
          history,
          List.copyOf(checks),
          usage(replicas, transport, workspace, last, progress.seconds()));
    }
  }

  /** Compares what was met on the way, and what the last commit's replica holds. */
  private void examine(Replay replay, Replica last) {
    Tree found = last.files();
    checks.add(Findings.paths(expected.tree(), found));
    checks.add(replay.trees().check("checkpoint trees", "by their SHA-256"));
    checks.add(Findings.authors(expected.authors(), last.authors()));
    checks.add(Findings.singles(found));
    checks.add(replay.conflicts().check());
    checks.add(Findings.journal(causality, last.journal()));
  }

  private Usage usage(
      Replicas replicas,
      Transport.Kind transport,
      Workspace workspace,
      Replica last,
      double seconds) {
    long made = replicas.all().stream().mapToLong(Replica::ownOperations).sum();
    long all = replicas.all().stream().mapToLong(Replica::operations).sum();
    long wireBytes = 0;
    long newcomerLogBytes = 0;
    if (transport == Transport.Kind.GRPC) {
      try (Replica newcomer = replicas.newcomer(workspace)) {
        newcomer.pullAll(last);
        wireBytes = newcomer.receivedBytes();
        newcomerLogBytes = newcomer.status().logBytes();
      }
    }
    return new Usage(
        replicas.all().size(),
        made,
        all - made,
        seconds,
        replicas.sum(Status::logBytes),
        replicas.sum(Status::stateBytes),
        wireBytes,
        newcomerLogBytes,
        memory.heapBytes(),
        Memory.processBytes());
  }
}
