package dev.tidemark.tools.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Printer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Three processes, each written to all the time; one is killed and started again, one is cut off
 * and connected again. Then they have to agree.
 */
public final class ClusterDemo implements AutoCloseable {
  private static final List<String> SCHEMA =
      List.of(Writer.SET + "=or-set", Writer.COUNTER + "=pn-counter");
  private static final int UPDATES = 60;
  private static final long MOST_SECONDS = 120;

  private final Printer printer;
  private final boolean json;
  private final long started = System.nanoTime();
  private final long deadline = started + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
  private final List<Member> members = new ArrayList<>();
  private final List<Cable> cables = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();
  private final Thread hook = new Thread(this::killAll, "cluster-demo-end");

  private ClusterDemo(Printer printer, boolean json) {
    this.printer = printer;
    this.json = json;
  }

  /** Runs it in a directory that is empty; gives the exit code. */
  public static int run(Printer printer, Path directory, boolean json)
      throws IOException, InterruptedException {
    try (ClusterDemo demo = new ClusterDemo(printer, json)) {
      Runtime.getRuntime().addShutdownHook(demo.hook);
      demo.start(directory);
      demo.breakAndMend();
      return demo.judge();
    }
  }

  /** A and B reach each other; to and from C everything goes through cables. */
  private void start(Path directory) throws IOException {
    List<Integer> ports = Ports.free(3);
    for (int port : ports) {
      cables.add(new Cable(port));
    }
    int toC = cables.get(2).port();
    List<Integer> fromC = List.of(cables.get(0).port(), cables.get(1).port());
    members.add(
        Member.onLoopback(directory, "a", SCHEMA, ports.get(0), List.of(ports.get(1), toC)));
    members.add(
        Member.onLoopback(directory, "b", SCHEMA, ports.get(1), List.of(ports.get(0), toC)));
    members.add(Member.onLoopback(directory, "c", SCHEMA, ports.get(2), fromC));
    tell("three processes are started: a, b, c");
    for (Member member : members) {
      member.start();
    }
    for (Member member : members) {
      member.awaitReady();
    }
    tell("they exchange; all of them are written to");
    members.forEach(member -> writers.add(new Writer(member)));
  }

  private void breakAndMend() throws IOException, InterruptedException {
    awaitWritten(0, 1, 2);
    members.get(1).kill();
    tell("b is killed: kill -9");
    awaitWritten(0, 2);
    members.get(1).start();
    members.get(1).awaitReady();
    tell("b is started again");
    awaitWritten(0, 1, 2);
    cables.forEach(Cable::cut);
    tell("c is cut off; it is still written to");
    awaitWritten(0, 1, 2);
    cables.forEach(Cable::heal);
    tell("c is connected again");
    for (Writer writer : writers) {
      writer.close();
    }
    tell("nobody writes any more");
  }

  private void awaitWritten(int... which) throws InterruptedException {
    for (int member : which) {
      writers.get(member).awaitMore(UPDATES, deadline);
    }
    StringBuilder seen = new StringBuilder();
    for (Member member : members) {
      JsonNode status = member.get("/status");
      seen.append(seen.isEmpty() ? "" : ", ").append(member.name()).append(" has ");
      seen.append(status == null ? "no answer" : operations(status.get("vector")));
    }
    tell("operations: " + seen);
  }

  private static long operations(JsonNode vector) {
    long operations = 0;
    for (JsonNode sequence : vector) {
      operations += sequence.asLong();
    }
    return operations;
  }

  private int judge() throws InterruptedException {
    JsonNode vector = Verdict.awaitEqualVectors(members, deadline);
    List<String> findings = new ArrayList<>(Verdict.judge(members, writers));
    if (vector == null) {
      findings.add(0, "they have not seen the same operations in time");
    }
    long acknowledged = 0;
    for (Writer writer : writers) {
      acknowledged += writer.added().size() + writer.incremented();
    }
    tell(acknowledged, vector == null ? 0 : operations(vector), findings);
    return findings.isEmpty() ? ExitCode.FINE : ExitCode.DAMAGED;
  }

  private void tell(long acknowledged, long operations, List<String> findings) {
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeBooleanField("agreed", findings.isEmpty());
            out.writeNumberField("acknowledged", acknowledged);
            out.writeNumberField("operations", operations);
            out.writeArrayFieldStart("findings");
            for (String finding : findings) {
              out.writeString(finding);
            }
            out.writeEndArray();
            out.writeEndObject();
          });
      return;
    }
    findings.forEach(printer::line);
    printer.line(
        findings.isEmpty()
            ? String.format(
                Locale.ROOT,
                "all three agree: %,d operations, and each of %,d acknowledged updates is there",
                operations,
                acknowledged)
            : "they do not agree");
  }

  private void tell(String what) {
    if (!json) {
      double seconds = (System.nanoTime() - started) / 1e9;
      printer.line("%5.1f s  %s", seconds, what);
      printer.flush();
    }
  }

  private void killAll() {
    for (Member member : members) {
      member.destroy();
    }
  }

  @Override
  public void close() throws InterruptedException {
    for (Writer writer : writers) {
      writer.close();
    }
    members.forEach(Member::close);
    cables.forEach(Cable::close);
    remove(hook);
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // It runs already.
    }
  }
}
