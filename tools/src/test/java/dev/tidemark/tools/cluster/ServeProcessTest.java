package dev.tidemark.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Processes that serve, killed and stopped while all of them are written to. */
@DisabledOnOs(OS.WINDOWS)
class ServeProcessTest {
  private static final int UPDATES = 30;

  @TempDir private Path directory;

  private final long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
  private final List<Member> members = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();

  @AfterEach
  void killWhatIsLeft() {
    members.forEach(Member::destroy);
  }

  private void start(int count) throws Exception {
    List<Integer> ports = Ports.free(count);
    for (int i = 0; i < count; i++) {
      List<Integer> others = new ArrayList<>(ports);
      others.remove(i);
      members.add(
          new Member(
              directory,
              "m" + i,
              List.of(Writer.SET + "=or-set", Writer.COUNTER + "=pn-counter"),
              ports.get(i),
              others));
    }
    for (Member member : members) {
      member.start();
    }
    for (Member member : members) {
      member.awaitReady();
    }
  }

  private void awaitWritten(int... which) throws InterruptedException {
    for (int writer : which) {
      assertThat(writers.get(writer).awaitMore(UPDATES, deadline)).as("writer " + writer).isTrue();
    }
  }

  private void signal(String signal, Member member) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(member.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void theyAgreeAndHaveAllThatWasAcknowledgedAfterOneWasKilledAndOneStoodStill() throws Exception {
    start(3);
    members.forEach(member -> writers.add(new Writer(member)));
    awaitWritten(0, 1, 2);

    members.get(1).kill();
    signal("STOP", members.get(2));
    awaitWritten(0);
    members.get(1).start();
    members.get(1).awaitReady();
    awaitWritten(0, 1);
    signal("CONT", members.get(2));
    awaitWritten(0, 1, 2);
    for (Writer writer : writers) {
      writer.close();
    }

    assertThat(Verdict.awaitEqualVectors(members, deadline)).isNotNull();
    assertThat(Verdict.judge(members, writers)).isEmpty();
    for (Member member : members) {
      assertThat(member.stop()).as("exit code").isZero();
      List<Finding> findings = new ArrayList<>();
      Path store = directory.resolve(member.name());
      Verification.run(store, directory.resolve("scratch-" + member.name()), findings::add);
      assertThat(findings).isEmpty();
    }
  }
}
