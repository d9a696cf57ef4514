package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactCommandTest {
  private static final Schema SCHEMA =
      Schema.of("s:", Strategy.OR_SET).and("n:", Strategy.PN_COUNTER);

  @TempDir Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    try (Tidemark open = Tidemark.open(store, SCHEMA)) {
      for (int i = 0; i < 200; i++) {
        open.update("s:" + i % 10, new Update.Add(Bytes.utf8("element " + i % 50)));
        open.update("n:" + i % 7, new Update.Increment(i + 1));
      }
    }
  }

  @Test
  void foldsTheLogAndChangesNoValue() {
    String before = Tool.fine("scan", store, "").out();

    Tool compact = Tool.fine("compact", store);

    assertThat(compact.lines().get(0)).startsWith("folded: 1 segments, 400 positions, ");
    assertThat(compact.lines().get(1)).startsWith("into: 17 deltas, ");
    assertThat(Tool.fine("scan", store, "").out()).isEqualTo(before);
    Tool verify = Tool.fine("verify", store);
    assertThat(verify.lines())
        .anyMatch(line -> line.startsWith("log: positions 1 to 400, 1 segments, 17 folded deltas"))
        .contains("log against state: 17 keys compared");
    assertThat(Tool.fine("compact", store).lines())
        .containsExactly("nothing to do: all that is sealed is in one segment");
  }

  @Test
  void showsWhatWasFoldedInTheLog() {
    assertThat(Tool.fine("compact", "--json", store).out())
        .contains("\"segments\":1", "\"records\":17");
    Tool.fine("update", store, "n:1", "increment", "5");

    assertThat(Tool.fine("log", store, "--key", "n:1").lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("1-400\tfolded\t-\tpn-counter\t\"n:1\"\t");
    assertThat(Tool.fine("log", store, "--from", "300", "--json").lines())
        .hasSize(18)
        .first()
        .asString()
        .contains("\"position\":400,\"foldedFrom\":1");
  }
}
