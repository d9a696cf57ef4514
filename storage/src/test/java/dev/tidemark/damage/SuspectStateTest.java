package dev.tidemark.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.DamagedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The open of a store does not read all of its state. A block that was damaged was told to whoever
 * read it, at every open again, until somebody removed the state by hand.
 */
class SuspectStateTest {
  private static final Schema SCHEMA = Schema.of("s:", Strategy.OR_SET);

  @TempDir private Path dir;

  @Test
  void damageThatAReadMeetsIsMendedByTheNextOpen() throws IOException {
    try (Tidemark store = Tidemark.open(dir, SCHEMA)) {
      store.orSet("s:a", Codec.utf8()).add("milk");
      store.orSet("s:b", Codec.utf8()).add("bread");
    }
    try (Tidemark store = Tidemark.open(dir, SCHEMA)) {
      overwriteTables();
      assertThatThrownBy(() -> store.orSet("s:a", Codec.utf8()).elements())
          .isInstanceOf(DamagedException.class)
          .hasMessageContaining(dir.toString());
      assertThat(dir.resolve("STATE-SUSPECT")).isRegularFile();
    }

    try (Tidemark store = Tidemark.open(dir, SCHEMA)) {
      assertThat(store.recovery().found()).isEqualTo("state damaged");
      assertThat(store.orSet("s:a", Codec.utf8()).elements()).containsExactly("milk");
      assertThat(store.orSet("s:b", Codec.utf8()).elements()).containsExactly("bread");
    }
    assertThat(dir.resolve("STATE-SUSPECT")).doesNotExist();
  }

  /** All of them, also those that take the place of some meanwhile. */
  private void overwriteTables() throws IOException {
    Set<Path> met = new HashSet<>();
    for (boolean more = true; more; ) {
      more = false;
      for (Path table : tables()) {
        more |= met.add(table);
        try {
          overwrite(table);
        } catch (NoSuchFileException merged) {
          // The database has no more use for it.
        }
      }
    }
  }

  /** By name: a look at the files themselves would fail where one is merged away meanwhile. */
  private List<Path> tables() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("state"))) {
      return files.filter(path -> path.toString().endsWith(".sst")).toList();
    }
  }

  /** In place, under the open database: its blocks, not its size. */
  private static void overwrite(Path table) throws IOException {
    int blocks = (int) Math.min(64, Files.size(table) / 4);
    try (FileChannel channel = FileChannel.open(table, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[blocks]), 0);
    }
  }
}
