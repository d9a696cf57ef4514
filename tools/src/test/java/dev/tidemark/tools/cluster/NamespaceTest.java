package dev.tidemark.tools.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members each in a network of its own, whose packets are delayed and lost as the kernel can, and
 * whose cable is pulled: no connection is closed, packets do not arrive any more. They are asked
 * over cables of their own. Skipped where networks may not be made.
 */
@EnabledOnOs(OS.LINUX)
class NamespaceTest {
  private static final int MEMBERS = 3;
  private static final String TOKEN = "letmein-letmein-";

  @TempDir private Path directory;
  @RegisterExtension final Fleet fleet = new Fleet();

  /** Of this process, so that two runs do not meet. */
  private final String tag = "tm" + ProcessHandle.current().pid();

  private final List<String> made = new ArrayList<>();

  @AfterEach
  void remove() throws Exception {
    fleet.members().forEach(Member::destroy);
    for (String network : made) {
      tell("ip netns del " + network);
    }
    tell("ip link del " + bridge());
  }

  /** What a command says if it fails; empty if it does not. */
  private static String tell(String command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : command + ": " + output.strip();
    } catch (IOException e) {
      return command + ": " + e.getMessage();
    }
  }

  private static void assume(String command) throws InterruptedException {
    String refusal = tell(command);
    assumeTrue(refusal.isEmpty(), () -> "no networks can be made here: " + refusal);
  }

  private String bridge() {
    return tag + "b";
  }

  private String network(int member) {
    return tag + "n" + member;
  }

  /** The host's end of the cable between the members. */
  private String cable(int member) {
    return tag + "p" + member;
  }

  private String asking(int member) {
    return tag + "c" + member;
  }

  private static String address(int member) {
    return "10.213.77." + (member + 1);
  }

  private static String askedAt(int member) {
    return cableEnd(member, 2);
  }

  /** One of two ends that this machine sees, so of this process too; of what is for tests alone. */
  private static String cableEnd(int member, int end) {
    long pid = ProcessHandle.current().pid();
    long last = 16 * (pid & 15) + 4 * member + end;
    return "198." + (18 | pid >> 12 & 1) + "." + (pid >> 4 & 255) + "." + last;
  }

  private void connect(TestReporter reporter) throws InterruptedException {
    assume("ip link add " + bridge() + " type bridge");
    assume("ip link set " + bridge() + " up");
    for (int i = 0; i < MEMBERS; i++) {
      String network = network(i);
      assume("ip netns add " + network);
      made.add(network);
      String inside = "ip netns exec " + network + " ip ";
      assume("ip link add " + cable(i) + " type veth peer name peers netns " + network);
      assume("ip link set " + cable(i) + " master " + bridge() + " up");
      assume(inside + "addr add " + address(i) + "/24 dev peers");
      assume(inside + "link set peers up");
      assume("ip link add " + asking(i) + " type veth peer name asked netns " + network);
      assume("ip addr add " + cableEnd(i, 1) + "/30 dev " + asking(i));
      assume("ip link set " + asking(i) + " up");
      assume(inside + "addr add " + askedAt(i) + "/30 dev asked");
      assume(inside + "link set asked up");
      hinder(cable(i), reporter);
    }
  }

  /** Where the kernel has no netem, by a narrow cable with a short queue: what is over is lost. */
  private static void hinder(String cable, TestReporter reporter) throws InterruptedException {
    String discipline = "tc qdisc add dev " + cable + " root ";
    String delayed = tell(discipline + "netem delay 3ms loss 1%");
    if (!delayed.isEmpty()) {
      String narrowed = tell(discipline + "tbf rate 2mbit burst 4kb latency 20ms");
      reporter.publishEntry("packets are not lost at random", delayed);
      if (!narrowed.isEmpty()) {
        reporter.publishEntry("packets are neither delayed nor lost", narrowed);
      }
    }
  }

  private Member member(int number) {
    Path store = directory.resolve("m" + number);
    List<String> serve = new ArrayList<>(List.of(store.toString(), "--plain-text"));
    serve.addAll(List.of("--listen", address(number) + ":7001"));
    for (int other = 0; other < MEMBERS; other++) {
      if (other != number) {
        serve.addAll(List.of("--peer", address(other) + ":7001"));
      }
    }
    serve.addAll(List.of("--http", askedAt(number) + ":8001"));
    serve.addAll(List.of("--http-token-file", directory.resolve("token").toString()));
    Fleet.SCHEMA.forEach(prefix -> serve.addAll(List.of("--schema", prefix)));
    List<String> before = List.of("ip", "netns", "exec", network(number));
    return new Member("m" + number, directory.resolve("m" + number + ".err"), before, serve, TOKEN);
  }

  @Test
  void threeInNetworksOfTheirOwnAgreeAfterOneWasCutOff(TestReporter reporter) throws Exception {
    connect(reporter);
    Files.writeString(directory.resolve("token"), TOKEN);
    for (int i = 0; i < MEMBERS; i++) {
      fleet.add(member(i));
    }
    fleet.start();
    fleet.write();
    fleet.awaitWritten(0, 1, 2);

    assume("ip link set " + cable(2) + " down");
    fleet.awaitWritten(0, 1, 2);
    fleet.member(1).kill();
    fleet.restart(1);
    fleet.awaitWritten(0, 1, 2);
    assume("ip link set " + cable(2) + " up");
    fleet.awaitWritten(0, 1, 2);
    fleet.stopWriting();

    fleet.expectAgreement();
  }
}
