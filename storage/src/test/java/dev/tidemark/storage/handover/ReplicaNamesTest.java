package dev.tidemark.storage.handover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name that is forgotten lets another take the replica's id. */
class ReplicaNamesTest {
  @TempDir private Path dir;

  private ReplicaNames open() {
    return ReplicaNames.open(new StoreFiles(dir), DurableFiles.standard(), new byte[16]);
  }

  @Test
  void aNameIsKnownAfterARestart() {
    ReplicaNames names = open();
    assertThat(names.first(7, "a")).isEqualTo("a");
    assertThat(names.first(7, "b")).isEqualTo("a");
    names.save();
    assertThat(open().first(7, "b")).isEqualTo("a");
    assertThat(open().first(8, "b")).isEqualTo("b");
  }

  @Test
  void aDamagedFileCountsForNothingAndIsWrittenAnew() throws Exception {
    ReplicaNames names = open();
    names.first(7, "a");
    names.save();
    Path file = new StoreFiles(dir).names();
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertThat(open().first(7, "b")).isEqualTo("b");
    }
    ReplicaNames anew = open();
    anew.first(7, "c");
    anew.save();
    assertThat(open().first(7, "d")).isEqualTo("c");
  }

  /** Else whoever is certified under many names fills the heap, or has others forgotten. */
  @Test
  void whoComesBeyondTheBoundTakesNobodysPlace() {
    ReplicaNames names = open();
    for (int id = 1; id <= ReplicaNames.MOST + 1; id++) {
      names.first(id, "n" + id / ReplicaNames.MOST_OF_NAME);
    }
    assertThat(names.first(1, "x")).isEqualTo("n0");
    assertThat(names.first(ReplicaNames.MOST, "x")).isEqualTo("n256");
    assertThat(names.first(ReplicaNames.MOST + 1, "x")).isEqualTo("x");
  }
}
