package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.StoreLockedException;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory that somebody has open, or that somebody had open and left. */
class LockedStoreTest {
  private static final Schema SCHEMA = Schema.of("n:", Strategy.G_COUNTER);

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Path dir;

  @BeforeEach
  void name() {
    dir = parent.resolve("store");
  }

  private Tidemark open() {
    return audit.open(dir, SCHEMA, Options.defaults());
  }

  @Test
  void refusesOthersAtOnceNamesItsOwnerAndIsUnharmed() throws Exception {
    Tidemark store = open();
    store.gCounter("n:1").increment();
    String owner = "pid " + ProcessHandle.current().pid();
    Path link = Files.createSymbolicLink(parent.resolve("link"), dir);
    for (Path path : List.of(dir, link, link.resolve("..").resolve("store"))) {
      assertThatThrownBy(() -> Tidemark.open(path, SCHEMA))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining(owner);
    }
    for (Path path : List.of(dir, link)) {
      List<String> lines = run(List.of(), path);
      assertThat(lines.get(0)).startsWith("refused").contains("open already").contains(owner);
      store.gCounter("n:1").with(Durability.SYNCED).increment();
    }
    assertThat(store.gCounter("n:1").value()).isEqualTo(3);
    store.roll();
    store.flush();
  }

  /** What a lock file says is for people: the lock itself goes with the process that held it. */
  @ParameterizedTest
  @ValueSource(strings = {"garbage", "", "own", "1", "2147483646", "-1", "99999999999999999999"})
  void opensWhateverTheLockFileSays(String text) throws IOException {
    open().close();
    String content = text.equals("own") ? ProcessHandle.current().pid() + "\n" : text;
    Files.writeString(dir.resolve("LOCK"), content);
    Tidemark store = open();
    store.gCounter("n:1").increment();
    assertThat(Files.readString(dir.resolve("LOCK")).trim())
        .isEqualTo(Long.toString(ProcessHandle.current().pid()));
  }

  /**
   * In a container every process has the same id. Chronicle takes its own lock of a dead process
   * that had the id of this one for this one's, and waits in vain.
   */
  @Test
  void opensAfterADeadProcessOfTheSameId() throws Exception {
    List<String> alone = List.of("unshare", "--pid", "--fork", "--mount-proc");
    assumeTrue(canRun(alone), "needs unshare and the right to make a process namespace");
    for (int i = 0; i < 3; i++) {
      List<String> lines = run(alone, dir);
      assertThat(lines.get(0)).startsWith("opened").endsWith("pid 1");
      assertThat(lines.get(1)).isEqualTo("counted " + (i + 1));
    }
  }

  private static boolean canRun(List<String> prefix) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  private static List<String> run(List<String> prefix, Path path) throws Exception {
    ProcessBuilder builder = JavaProcess.of(List.of(), Contender.class, path.toString());
    builder.command().addAll(0, prefix);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  /** Another process that wants the directory, and leaves it without a close. */
  static final class Contender {
    public static void main(String[] arguments) {
      Tidemark store = null;
      String refusal = "";
      try {
        store = Tidemark.open(Path.of(arguments[0]), SCHEMA);
      } catch (StoreLockedException e) {
        refusal = e.getMessage();
      }
      if (store == null) {
        System.out.println("refused: " + refusal);
      } else {
        System.out.println("opened by pid " + ProcessHandle.current().pid());
        store.gCounter("n:1").increment();
        System.out.println("counted " + store.gCounter("n:1").value());
      }
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }
  }
}
