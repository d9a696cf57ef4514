package dev.tidemark.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.tools.output.Directories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The processes of a test, and who writes to them. Ended after it, whatever state they are in. */
final class Fleet implements AfterEachCallback {
  static final List<String> SCHEMA =
      List.of(Writer.SET + "=or-set", Writer.COUNTER + "=pn-counter");

  private static final int UPDATES = 30;

  private final long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
  private final List<Member> members = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();

  void add(Member member) {
    members.add(member);
  }

  Member member(int number) {
    return members.get(number);
  }

  List<Member> members() {
    return members;
  }

  /** Starts them together. */
  void start() throws Exception {
    for (Member member : members) {
      member.start();
    }
    for (Member member : members) {
      member.awaitReady();
    }
  }

  /** Starts one again. */
  void restart(int number) throws Exception {
    members.get(number).start();
    members.get(number).awaitReady();
  }

  void signal(String signal, int number) throws Exception {
    String pid = Long.toString(members.get(number).pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }

  /** From now on all are written to. */
  void write() {
    members.forEach(member -> writers.add(new Writer(member)));
  }

  /** These acknowledge more. */
  void awaitWritten(int... which) throws InterruptedException {
    for (int writer : which) {
      assertThat(writers.get(writer).awaitMore(UPDATES, deadline)).as("writer " + writer).isTrue();
    }
  }

  /** Waits until one says that a session or connection ended so. */
  void awaitEnded(int number, String reason) throws InterruptedException {
    JsonNode status;
    do {
      assertThat(System.nanoTime()).as("time until " + reason).isLessThan(deadline);
      status = members.get(number).get("/status");
    } while (status == null || !status.get("ended").has(reason));
  }

  void stopWriting() throws InterruptedException {
    for (Writer writer : writers) {
      writer.close();
    }
  }

  void expectEqualVectors() throws InterruptedException {
    assertThat(Verdict.awaitEqualVectors(members, deadline)).isNotNull();
  }

  /** All have seen the same, hold the same, and have all that was acknowledged to any writer. */
  void expectAgreement() throws InterruptedException {
    expectEqualVectors();
    assertThat(Verdict.judge(members, writers)).isEmpty();
  }

  /** One ends as it is told to, and what it leaves is sound. */
  void expectSoundAtTheEnd(int number, Path store) throws Exception {
    assertThat(members.get(number).stop()).as("exit code").isZero();
    List<Finding> findings = new ArrayList<>();
    Path scratch = Files.createTempDirectory("tidemark-scratch");
    Verification.run(store, scratch.resolve("state"), findings::add);
    assertThat(findings).isEmpty();
    Directories.delete(scratch);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    members.forEach(Member::destroy);
  }
}
