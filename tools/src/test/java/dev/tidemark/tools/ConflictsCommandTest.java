package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConflictsCommandTest {
  @TempDir private Path directory;

  private Path storeWithAConflict() {
    Path path = directory.resolve("a");
    try (Tidemark a =
            Tidemark.open(
                path, Schema.empty(), Options.defaults().withReplicaId(1).withClock(() -> 1_000));
        Tidemark b =
            Tidemark.open(
                directory.resolve("b"),
                Schema.empty(),
                Options.defaults().withReplicaId(2).withClock(() -> 2_000));
        Exchange exchange = new Exchange(b, a)) {
      a.lwwRegister("title", Codec.utf8()).set("early");
      b.lwwRegister("title", Codec.utf8()).set("late");
      exchange.pull();
    }
    return path;
  }

  @Test
  void showsWhatWonAndWhatLost() {
    Path store = storeWithAConflict();
    Tool text = Tool.fine("conflicts", store);
    assertThat(text.out()).contains("1 conflicts", "title", "won", "\"late\"", "lost", "\"early\"");
    Tool json = Tool.fine("conflicts", store, "--json");
    assertThat(json.out())
        .contains(
            "\"count\":1", "\"loser\":{\"origin\":", "\"value\":\"early\"", "\"seen\":{\"1\":1}");
  }

  @Test
  void saysThatSomeOfTheJournalCannotBeRead() throws IOException {
    Path store = storeWithAConflict();
    Path journal = store.resolve("CONFLICTS");
    byte[] bytes = Files.readAllBytes(journal);
    Files.write(journal, Arrays.copyOf(bytes, bytes.length - 1));
    Tool tool = Tool.run("conflicts", store);
    assertThat(tool.exitCode()).isEqualTo(2);
    assertThat(tool.out()).contains("0 conflicts", "could not be read");
  }

  @Test
  void refusesWhereThereIsNoStore() {
    assertThat(Tool.run("conflicts", directory).exitCode()).isEqualTo(3);
  }
}
