package dev.tidemark.engine.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.blob.LargeValues;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.ComposedId;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.journal.JournalCell;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.TestKey;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * One example of every layout that the engine writes. A change here is a change of the format on
 * disk and on the wire, and needs a new version of both. {@code golden.tsv} is what the format
 * document cites.
 */
class GoldenBytesTest {
  private static final long STAMP = 0x018c_0000_0000_0001L;
  private static final OperationId ID = new OperationId(0xA1, 5, STAMP);
  private static final VersionVector VECTOR = VersionVector.of(0xA1, 5).with(-1, 300);
  private static final Bytes F = Bytes.utf8("f");
  private static final Bytes V = Bytes.utf8("v");

  private static Map<String, byte[]> examples() {
    Map<String, byte[]> examples = new LinkedHashMap<>();
    ByteWriter out = new ByteWriter();
    VECTOR.encode(out);
    examples.put("version-vector", out.toByteArray());
    examples.put("versioned-cell-value", VersionedCell.encode(ID.version(), V));
    examples.put("versioned-cell-tombstone", VersionedCell.encode(ID.version(), null));
    examples.put(
        "versioned-cell-large", VersionedCell.encodeLarge(ID.version(), LargeValues.any(7)));
    examples.put("lww-map-cut", head(Strategy.LWW_MAP, new Update.Delete()));
    counters(examples);
    epochs(examples);
    causal(examples);
    JournalCell event = new JournalCell(ID, VersionVector.of(0xB2, 2), V);
    examples.put("journal-cell-id", event.cellId().array());
    examples.put("journal-cell", event.encode());
    examples.put("composed-id", new ComposedId(Bytes.utf8("a\0"), F).encode().array());
    examples.put(
        "key-delta", new TestKey(Strategy.OR_SET).prepare(add(F), 0xA1, 5, 1).toByteArray());
    out.reset();
    Schema.of("rl:", Strategy.EPOCH_MAX).and("cart:", Strategy.OR_SET).encode(out);
    examples.put("schema", out.toByteArray());
    examples.put("commit", commit());
    examples.put(
        "chain-hash",
        new ByteWriter().i64(ChainHash.next(ChainHash.NONE, 5, 0x12345678)).toByteArray());
    return examples;
  }

  private static void counters(Map<String, byte[]> examples) {
    TestKey up = new TestKey(Strategy.G_COUNTER);
    up.update(new Update.Increment(300), 0xA1, 1, 1);
    up.update(new Update.Delete(), 0xA1, 2, 2);
    up.update(new Update.Increment(7), 0xB2, 1, 3);
    examples.put("g-counter-state", up.state().head());
    TestKey both = new TestKey(Strategy.PN_COUNTER);
    both.update(new Update.Increment(300), 0xA1, 1, 1);
    both.update(new Update.Delete(), 0xA1, 2, 2);
    both.update(new Update.Decrement(7), 0xA1, 3, 3);
    examples.put("pn-counter-state", both.state().head());
  }

  private static void epochs(Map<String, byte[]> examples) {
    TestKey key = new TestKey(Strategy.EPOCH_MAX);
    key.update(new Update.Delete(), 0xA1, 4, STAMP - 1);
    key.update(new Update.PutEpoch(-1, -2), 0xA1, 5, STAMP);
    examples.put("epoch-max-state", key.state().head());
  }

  private static void causal(Map<String, byte[]> examples) {
    TestKey set = new TestKey(Strategy.OR_SET);
    examples.put("causal-head-new-state", set.state().head());
    KeyDelta first = set.update(add(F), 0xA1, 5, 1);
    KeyDelta second = set.update(add(F), 0xB2, 300, 2);
    examples.put("causal-head-state", set.state().head());
    KeyState run = KeyState.noDeltas();
    Join.into(run, Strategy.OR_SET.lattice(), first);
    Join.into(run, Strategy.OR_SET.lattice(), second);
    examples.put("causal-head-run", run.head());
    examples.put("dot-cell-that-overrides", second.cell(F));
    examples.put("causal-head-delete", set.prepare(new Update.Delete(), 0xA1, 9, 3).head());
    TestKey register = new TestKey(Strategy.MV_REGISTER);
    register.update(new Update.SetValue(V), 0xA1, 5, 1);
    examples.put("causal-head-with-root", register.state().head());
  }

  private static Update add(Bytes element) {
    return new Update.Add(element);
  }

  private static byte[] head(Strategy strategy, Update update) {
    return new TestKey(strategy).prepare(update, ID.replica(), ID.sequence(), ID.stamp()).head();
  }

  private static List<Operation> operations() {
    Namespace register = new Namespace(Bytes.EMPTY, Strategy.LWW_REGISTER);
    Namespace set = new Namespace(Bytes.utf8("s:"), Strategy.G_SET);
    KeyDelta value = KeyDelta.ofHead(VersionedCell.encode(ID.version(), V));
    KeyDelta element = new TestKey(Strategy.G_SET).prepare(add(F), 0xA1, 6, STAMP + 1);
    return List.of(
        new Operation(register, Bytes.utf8("k"), value),
        new Operation(set, Bytes.utf8("s:x"), element));
  }

  private static byte[] commit() {
    CommitHeader header =
        new CommitHeader(0xA1, 5, STAMP, 0, VersionVector.of(0xB2, 300), ChainHash.NONE);
    ByteWriter out = new ByteWriter();
    CommitCodec.encode(header, operations(), 0x1122334455667788L, out);
    return out.toByteArray();
  }

  private record Line(byte[] bytes, String meaning) {}

  private static Map<String, Line> golden() throws IOException {
    Map<String, Line> lines = new LinkedHashMap<>();
    try (InputStream in = GoldenBytesTest.class.getResourceAsStream("/golden.tsv")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        String[] columns = line.split("\t");
        lines.put(
            columns[0], new Line(HexFormat.of().parseHex(columns[1].replace(" ", "")), columns[2]));
      }
    }
    return lines;
  }

  @Test
  void everyLayoutHasTheBytesItAlwaysHad() throws IOException {
    Map<String, Line> golden = golden();
    Map<String, byte[]> examples = examples();

    assertThat(golden.keySet()).containsExactlyElementsOf(examples.keySet());
    examples.forEach(
        (name, bytes) ->
            assertThat(HexFormat.of().formatHex(bytes))
                .as(name)
                .isEqualTo(HexFormat.of().formatHex(golden.get(name).bytes())));
    assertThat(golden.values()).noneMatch(line -> line.meaning().isBlank());
  }

  @Test
  void theCommitOfTheExampleReadsBack() throws IOException {
    byte[] bytes = golden().get("commit").bytes();
    Commit commit = CommitCodec.decode(bytes, 0, bytes.length);

    assertThat(commit.operations()).isEqualTo(operations());
    assertThat(commit.header().origin()).isEqualTo(0xA1);
    assertThat(commit.header().lastSequence()).isEqualTo(6);
    assertThat(commit.header().lastStamp()).isEqualTo(STAMP + 1);
    assertThat(commit.header().chain())
        .isEqualTo(CommitCodec.chain(bytes, 0, bytes.length, 0x1122334455667788L));
  }
}
