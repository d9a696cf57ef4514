package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.fault.ChildJvm;
import dev.tidemark.storage.fault.LoopDisk;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * A file system that fails and one that is read-only, both real. Cases C7 and C11 of the fault
 * matrix; {@code FailedForceTest} has the first without a file system of its own.
 */
class LoopFaultsTest {
  private static final int ENOUGH = 200;

  @TempDir(factory = TempDirFactory.Standard.class)
  private Path parent;

  /**
   * The file system lies in memory that is full, so a force of new pages fails; a moment later
   * there is room again, the next force would succeed, and nothing of it would be on the disk.
   */
  @Test
  void acknowledgesNothingAfterAFailedForceAndKeepsItsWordAfterTheDiskHasHealed() throws Exception {
    Path memory = Files.createDirectory(parent.resolve("memory"));
    LoopDisk.assume("mount", "-t", "tmpfs", "-o", "size=64m", "none", memory.toString());
    try {
      try (LoopDisk disk = LoopDisk.createWithoutJournal(memory)) {
        Path directory = disk.path().resolve("store");
        long promised = writeUntilRefused(directory, memory.resolve("filler"));
        long last;
        try (Tidemark store = open(directory)) {
          last = NumberedCommits.last(store);
          assertThat(last).isGreaterThanOrEqualTo(promised);
          NumberedCommits.expectExactly(store, last);
          NumberedCommits.write(store, last + 1, 10, Durability.SYNCED);
        }
        disk.remount();
        try (Tidemark store = open(directory)) {
          NumberedCommits.expectExactly(store, last + 1);
        }
        StoreAudit.check(directory);
      }
    } finally {
      LoopDisk.unmount(memory);
    }
  }

  private static Tidemark open(Path directory) {
    return Tidemark.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS);
  }

  /** Gives the newest commit that was acknowledged; the disk has room again when it returns. */
  private static long writeUntilRefused(Path directory, Path filler) throws Exception {
    long promised = 0;
    int acknowledged = 0;
    List<String> said = new ArrayList<>();
    try (ChildJvm writer = ChildJvm.start(List.of(), RefusedWriter.class, directory.toString())) {
      while (said.size() < RefusedWriter.THREADS) {
        String line = writer.readLine();
        assertThat(line).isNotNull();
        if (Character.isDigit(line.charAt(0))) {
          promised = Math.max(promised, Long.parseLong(line));
          acknowledged++;
          if (acknowledged == ENOUGH) {
            fill(filler);
          }
        } else {
          said.add(line);
        }
      }
      writer.kill();
    }
    Files.delete(filler);
    assertThat(acknowledged).isGreaterThanOrEqualTo(ENOUGH);
    assertThat(said).containsOnly("done");
    return promised;
  }

  private static void fill(Path filler) throws IOException {
    byte[] chunk = new byte[64 << 10];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  @Test
  void refusesADirectoryThatIsReadOnlyAndLooksAtItWithoutChangingAByte() throws Exception {
    Path directory = parent.resolve("store");
    try (Tidemark store = open(directory)) {
      for (long number = 1; number <= ENOUGH; number++) {
        NumberedCommits.write(store, number, 500, Durability.BUFFERED);
      }
    }
    Path view = Files.createDirectory(parent.resolve("view"));
    LoopDisk.assume("mount", "--bind", directory.toString(), view.toString());
    try {
      LoopDisk.assume("mount", "-o", "remount,ro,bind", view.toString());
      Map<Path, String> before = snapshot(directory);
      assertThatThrownBy(() -> open(view))
          .isInstanceOf(StoreUnusableException.class)
          .hasMessageStartingWith("store directory is read-only");
      try (Inspection inspection = Inspection.open(view)) {
        assertThat(inspection.numbers().lastPosition()).isEqualTo(ENOUGH);
        assertThat(inspection.value("count:all"))
            .isEqualTo(new Value.Counter(BigInteger.valueOf(ENOUGH)));
      }
      List<Finding> findings = new ArrayList<>();
      Path scratch = Files.createDirectory(parent.resolve("scratch"));
      assertThat(Verification.run(view, scratch, findings::add).isClean()).isTrue();
      assertThat(findings).isEmpty();
      assertThat(snapshot(directory)).isEqualTo(before);
    } finally {
      LoopDisk.unmount(view);
    }
  }

  /** Every file's bytes and time. */
  private static Map<Path, String> snapshot(Path directory) throws IOException {
    Map<Path, String> all = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.toList()) {
        String content =
            Files.isDirectory(path)
                ? ""
                : Integer.toHexString(Arrays.hashCode(Files.readAllBytes(path)));
        all.put(path, Files.getLastModifiedTime(path) + " " + content);
      }
    }
    return all;
  }
}
