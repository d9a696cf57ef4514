package dev.tidemark.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.tools.LocalHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes that serve, and what may befall them while all of them are written to. */
@DisabledOnOs(OS.WINDOWS)
class ServeProcessTest {
  private static final int MEMBERS = 5;
  private static final int DISK_MEBIBYTES = 64;

  @TempDir private Path directory;
  @RegisterExtension final Fleet fleet = new Fleet();

  private void add(SmallDisk disk) throws Exception {
    List<Integer> ports = Ports.free(MEMBERS);
    for (int i = 0; i < MEMBERS; i++) {
      String name = "m" + i;
      List<String> serve = new ArrayList<>(List.of(root(i, disk).resolve(name).toString()));
      serve.addAll(List.of("--http", "127.0.0.1:0"));
      for (int other = 0; other < MEMBERS; other++) {
        String option = other == i ? "--listen" : "--peer";
        serve.addAll(List.of(option, LocalHost.address() + ":" + ports.get(other)));
      }
      Fleet.SCHEMA.forEach(prefix -> serve.addAll(List.of("--schema", prefix)));
      Path errors = root(i, disk).resolve(name + ".err");
      fleet.add(new Member(name, errors, List.of(), serve, null));
    }
  }

  /** The last one has a disk of its own. */
  private Path root(int member, SmallDisk disk) {
    return member == MEMBERS - 1 ? disk.directory() : directory;
  }

  /** Writes until nothing is taken any more: some room is taken ahead. */
  private static void expectRefusal(Member member) throws InterruptedException {
    String element = "x".repeat(10_000);
    int taken = 0;
    while (member.update(Writer.SET, "{\"op\":\"add\",\"args\":[\"" + taken + element + "\"]}")) {
      assertThat(++taken).as("updates that a full disk takes").isLessThan(10_000);
    }
  }

  @Test
  void fiveAgreeAfterOneWasKilledOneStoodStillAndOneHadNoRoom(TestReporter reporter)
      throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory, DISK_MEBIBYTES, reporter)) {
      add(disk);
      fleet.start();
      fleet.write();
      fleet.awaitWritten(0, 1, 2, 3, 4);

      fleet.member(1).kill();
      fleet.signal("STOP", 2);
      disk.fill();
      fleet.awaitWritten(0, 3);
      if (disk.canBeFilled()) {
        expectRefusal(fleet.member(4));
      }
      fleet.restart(1);
      fleet.signal("CONT", 2);
      fleet.awaitWritten(0, 1, 2, 3);
      disk.free();
      fleet.awaitWritten(0, 1, 2, 3, 4);
      fleet.stopWriting();

      fleet.expectAgreement();
      for (int i = 0; i < MEMBERS; i++) {
        fleet.expectSoundAtTheEnd(i, root(i, disk).resolve("m" + i));
      }
    }
  }
}
