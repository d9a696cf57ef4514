package dev.tidemark.tools.scenario;

import dev.tidemark.tools.output.Directories;
import dev.tidemark.tools.output.Progress;
import dev.tidemark.tools.scenario.Scenario.NumberedStep;
import dev.tidemark.tools.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A trace being replayed: read step by step, so that it can be of any length. */
public final class Trace implements AutoCloseable {
  private final JsonLines lines;
  private final Scenario scenario;
  private final Cluster cluster;
  private final StepParser parser;

  private Trace(JsonLines lines, Scenario scenario, Cluster cluster) {
    this.lines = lines;
    this.scenario = scenario;
    this.cluster = cluster;
    this.parser = new StepParser(scenario.schema(), scenario.replicas().keySet(), "");
  }

  /** Reads the first line and opens its replicas under the directory. */
  public static Trace open(Path file, Path directory) throws IOException {
    JsonLines lines = JsonLines.open(file);
    try {
      Scenario scenario = lines.next(ScenarioParser::parse);
      if (scenario == null) {
        throw lines.malformed("the first line must hold the scenario", null);
      }
      for (String replica : scenario.replicas().keySet()) {
        Directories.requireFresh(directory.resolve(Cluster.directoryName(replica)));
      }
      return new Trace(
          lines,
          scenario,
          Cluster.open(scenario, directory, StoreSize.LARGE, Transport.Kind.PROCESS));
    } catch (IOException | RuntimeException | Error e) {
      lines.close();
      throw e;
    }
  }

  /** Does all steps. */
  public void run(Progress progress, Consumer<Mismatch> mismatches) throws IOException {
    for (NumberedStep step : scenario.steps()) {
      cluster.run(step, mismatches);
    }
    NumberedStep step = next();
    while (step != null) {
      cluster.run(step, mismatches);
      progress.at(cluster.made() + cluster.received(), lines.share());
      step = next();
    }
    if (scenario.last() != null) {
      cluster.run(scenario.last(), mismatches);
    }
  }

  private @Nullable NumberedStep next() throws IOException {
    return lines.next(node -> new NumberedStep("line " + lines.number(), node, parser.parse(node)));
  }

  /** The stores, with their counts. */
  public Cluster cluster() {
    return cluster;
  }

  @Override
  public void close() throws IOException {
    try (lines) {
      cluster.close();
    }
  }
}
