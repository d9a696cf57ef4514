package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tidemark.CommitStream;
import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhyAndStatCommandTest {
  private static final Schema SCHEMA =
      Schema.of("cart:", Strategy.OR_SET)
          .and("n:", Strategy.PN_COUNTER)
          .and("rl:", Strategy.EPOCH_MAX);

  @TempDir private Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    Options options = Options.defaults().withReplicaId(7).withClock(() -> 1_000_000);
    try (Tidemark open = Tidemark.open(store, SCHEMA, options)) {
      open.update("cart:1", new Update.Add(Bytes.utf8("milk")));
      open.update("n:1", new Update.Increment(3));
      open.update("n:1", new Update.Increment(4));
      open.update("cart:1", new Update.Remove(Bytes.utf8("milk")));
      open.update("cart:1", new Update.Remove(Bytes.utf8("tea")));
      open.update("rl:1", new Update.PutEpoch(5, 1));
      open.update("rl:1", new Update.PutEpoch(4, 1));
      open.update("name", new Update.SetValue(Bytes.utf8("a\nb")));
      open.update("name", new Update.Delete());
    }
  }

  @Test
  void whySaysWhatBecameOfEachOperationAndByWhichRule() {
    assertThat(Tool.fine("why", store, "cart:1").lines())
        .containsExactly(
            "key      \"cart:1\", or-set",
            "value    []",
            "log      positions 1 to 9, 3 operations on it",
            "1\t7#1\t1970-01-01T00:16:40Z+0\tadd \"milk\"\t"
                + "lost to 7#4 at 4: a remove that saw it takes it away",
            "4\t7#4\t1970-01-01T00:16:40Z+3\tremove \"milk\", overriding 7#1\t"
                + "is done: it takes what its maker saw, and nothing else",
            "5\t7#5\t1970-01-01T00:16:40Z+4\tnothing seen to override\t"
                + "is done: its maker saw nothing to override",
            "remains  causal context: 1, 14 bytes, known {7=5};"
                + " kept until everybody is known to have seen it");
    assertThat(Tool.fine("why", store, "rl:1").lines())
        .contains(
            "6\t7#6\t1970-01-01T00:16:40Z+5\tput 5 1\t"
                + "stands: the greatest point since the newest delete wins",
            "7\t7#7\t1970-01-01T00:16:40Z+6\tput 4 1\t"
                + "is kept: it is the answer once a delete takes the older and greater ones");
    assertThat(Tool.fine("why", store, "name").lines())
        .contains(
            "8\t7#8\t1970-01-01T00:16:40Z+7\tset \"a\\nb\"\t"
                + "lost to 7#9 at 9: the newest version wins",
            "9\t7#9\t1970-01-01T00:16:40Z+8\tdelete\t"
                + "is kept: it takes older updates that may still arrive");
  }

  @Test
  void whyShowsTheNewestUpToALimitAndCountsTheRest() {
    Tool.fine("update", store, "n:1", "increment", "5");

    assertThat(Tool.fine("why", store, "n:1", "--limit", 1).lines())
        .contains("not shown 1 of 1 stands, 2 contained")
        .filteredOn(line -> line.contains("raise increments to"))
        .hasSize(2);
    assertThat(Tool.run("why", store, "n:1", "--limit", 0).exitCode()).isEqualTo(1);
    assertThat(Tool.run("why", store, "n:1", "--limit", 10_001).exitCode()).isEqualTo(1);
    assertThat(Tool.run("why", store, "").exitCode()).isEqualTo(1);
  }

  /** It was passed over as if nobody had ever touched the key, and only `log` showed it. */
  @Test
  void whyShowsWhatWasLostWithItsMaker() throws Exception {
    Path path = temporary.resolve("member");
    try (Tidemark member = Tidemark.open(path, SCHEMA, Options.defaults().withReplicaId(1));
        Tidemark maker =
            Tidemark.open(
                temporary.resolve("maker"), SCHEMA, Options.defaults().withReplicaId(4))) {
      member.members().found();
      member.members().admit(3);
      member.members().admit(4);
      member.sync();
      try (Exchange joining = new Exchange(member, maker)) {
        joining.pull();
      }
      maker.update("cart:1", new Update.Add(Bytes.utf8("milk")));
      maker.sync();
      member.members().retire(4);
      try (CommitStream made = maker.commitsLacking(member.vector())) {
        while (made.next()) {
          member.accept(lost(made.bytes()), 3);
        }
      }
      member.update("cart:1", new Update.Add(Bytes.utf8("tea")));
    }

    assertThat(Tool.fine("why", path, "cart:1").lines())
        .anyMatch(line -> line.contains("2 operations on it"))
        .anyMatch(
            line ->
                line.matches(
                    ".*\t4#\\d+\t[^\t]*\tlost\tis given up: its maker was retired, and no member has"
                        + " it"));
    JsonNode why = new ObjectMapper().readTree(Tool.fine("why", path, "cart:1", "--json").out());
    assertThat(why.get("fates").get("given_up").asInt()).isEqualTo(1);
    assertThat(why.get("verdicts").get(0).get("fate").asText()).isEqualTo("given_up");
    assertThat(why.get("value")).hasSize(1);
  }

  private static byte[] lost(byte[] commit) {
    return PartialCommit.lost(
        PartialCommit.of(commit, Interest.ofPrefixes(List.of("n:"))),
        Interest.ofPrefixes(List.of("cart:")));
  }

  @Test
  void whyPrintsOneObject() throws Exception {
    JsonNode why = new ObjectMapper().readTree(Tool.fine("why", store, "n:1", "--json").out());

    assertThat(why.get("value").asInt()).isEqualTo(7);
    assertThat(why.get("fates").get("contained").asInt()).isEqualTo(1);
    assertThat(why.get("inStateOnly").asInt()).isZero();
    JsonNode first = why.get("verdicts").get(0);
    assertThat(first.get("position").asInt()).isEqualTo(2);
    assertThat(first.get("fate").asText()).isEqualTo("contained");
    assertThat(first.get("winner").get("position").asInt()).isEqualTo(3);
    assertThat(first.get("winner").get("sequence").asInt()).isEqualTo(3);
  }

  @Test
  void statPrintsLinesForPeopleAndOneObjectForPrograms() throws Exception {
    assertThat(Tool.fine("stat", store).lines())
        .anyMatch(line -> line.startsWith("log        positions 1 to 9, 1 segments, "))
        .anyMatch(line -> line.startsWith("segment    1\traw\tpositions 1 to 9\t9 entries\t"))
        .contains("state      applied to position 9; 4 keys, 2 of them with a value, 0 live cells")
        .contains("hot        3 operations\t\"cart:1\"")
        .contains("origin     7\t9 operations\tlast 1970-01-01T00:16:40Z+8\tbehind by 0");

    JsonNode stat = new ObjectMapper().readTree(Tool.fine("stat", store, "--json").out());
    assertThat(stat.get("operations").asInt()).isEqualTo(9);
    assertThat(stat.get("logKeys").asInt()).isEqualTo(4);
    assertThat(stat.get("segments").get(0).get("sealed").asBoolean()).isTrue();
    assertThat(stat.get("diskBytes").get("log").asLong()).isPositive();
    assertThat(stat.get("origins").get(0).get("known").get("7").asInt()).isEqualTo(9);
    assertThat(stat.get("hottest")).hasSize(4);
    assertThat(Tool.fine("stat", store, "--hot", 1, "--json").out()).containsOnlyOnce("\"excess\"");
  }
}
