package dev.tidemark.storage.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyPart;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateOptions;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFoldTest {
  private static final Bytes NAME = Bytes.utf8("name");
  private static final Bytes CART = Bytes.utf8("cart:1");
  private static final TreeMap<Long, OriginRow> ROWS =
      new TreeMap<>(Map.of(7L, new OriginRow(9, 90, 5, VersionVector.EMPTY)));

  @TempDir private Path directory;
  private StateStore state;
  private Namespace names;
  private Namespace carts;

  @BeforeEach
  void open() {
    state =
        StateStore.open(
            directory,
            Schema.of("cart:", Strategy.LWW_MAP),
            new StateOptions(8 << 20, 2 << 20, 64));
    names = state.schema().of(NAME);
    carts = state.schema().of(CART);
  }

  @AfterEach
  void close() {
    state.close();
  }

  private static KeyDelta delta(Namespace namespace, Update update, long number) {
    var lattice = namespace.strategy().lattice();
    return lattice.prepare(
        update, KeyDelta.ofHead(lattice.bottom()), new OperationId(7, number, 10 * number));
  }

  private KeyDelta set(String value, long number) {
    return delta(names, new Update.SetValue(Bytes.utf8(value)), number);
  }

  private KeyDelta put(String field, String value, long number) {
    return delta(carts, new Update.PutField(Bytes.utf8(field), Bytes.utf8(value)), number);
  }

  private Value value(Namespace namespace, Bytes key) {
    return namespace.strategy().lattice().value(state.view(namespace, key));
  }

  private static Value text(String value) {
    return new Value.Register(Bytes.utf8(value));
  }

  @Test
  void saysHowFarItIsFoldedOnlyAtItsEnd() {
    try (RunFold fold = new RunFold(state, RunEffect.JOINS, 4, 90)) {
      fold.take(new RunRecord(names, NAME, KeyPart.WHOLE, set("old", 1)));
      fold.take(new RunRecord(names, NAME, KeyPart.WHOLE, set("new", 2)));
      assertThat(state.progress().applied()).isZero();
      assertThat(state.progress().origins()).isEmpty();
      assertThat(state.midway()).isEqualTo(4);

      fold.finish(4, 95, ROWS);
    }
    assertThat(state.progress()).isEqualTo(new Progress(4, 95, ROWS));
    assertThat(state.midway()).isZero();
    assertThat(value(names, NAME)).isEqualTo(text("new"));
  }

  /**
   * What is newer than the clock of the state is written without a look at what is there. After a
   * crash in the middle of a run what is there is as new: an older record of the same key, joined
   * again, would have replaced it.
   */
  @Test
  void keepsTheNewestWhenItIsBegunAgain() {
    for (int attempt = 0; attempt < 2; attempt++) {
      try (RunFold fold = new RunFold(state, RunEffect.JOINS, 4, 90)) {
        fold.take(new RunRecord(names, NAME, KeyPart.WHOLE, set("newest", 9)));
        fold.take(new RunRecord(names, NAME, KeyPart.WHOLE, set("older", 3)));
        fold.take(new RunRecord(names, NAME, KeyPart.WHOLE, set("oldest", 2)));
      }
      assertThat(value(names, NAME)).isEqualTo(text("newest"));
    }
  }

  @Test
  void joinsAKeyInPartsUnderAHeadThatRisesWithTheLastOne() {
    try (RunFold before = new RunFold(state, RunEffect.JOINS, 4, 20)) {
      before.take(new RunRecord(carts, CART, KeyPart.WHOLE, put("a", "cut", 1)));
      before.finish(1, 20, new TreeMap<>());
    }
    try (RunFold before = new RunFold(state, RunEffect.JOINS, 4, 20)) {
      before.take(new RunRecord(carts, CART, KeyPart.WHOLE, put("m", "cut", 2)));
      before.finish(2, 20, new TreeMap<>());
    }
    byte[] cut = delta(carts, new Update.Delete(), 3).head();
    KeyDelta early = new KeyDelta(cut, put("b", "kept", 4).cells());
    KeyDelta late = new KeyDelta(cut, put("n", "kept", 5).cells());
    Bytes middle = Bytes.utf8("k");
    KeyPart first = new KeyPart(new CellRange(Bytes.EMPTY, middle), false);
    KeyPart last = new KeyPart(new CellRange(middle, null), true);

    try (RunFold interrupted = new RunFold(state, RunEffect.JOINS, 4, 90)) {
      interrupted.take(new RunRecord(carts, CART, first, early));
      interrupted.take(new RunRecord(carts, CART, last, late));
      // The last part is lost; of the first one all is there but the head.
      assertThat(state.view(carts, CART).head()).isEmpty();
      assertThat(value(carts, CART)).isEqualTo(fields("b", "kept", "m", "cut"));
    }
    try (RunFold again = new RunFold(state, RunEffect.JOINS, 4, 90)) {
      again.take(new RunRecord(carts, CART, first, early));
      again.take(new RunRecord(carts, CART, last, late));
      again.finish(3, 90, ROWS);
    }
    assertThat(state.view(carts, CART).head()).isEqualTo(cut);
    assertThat(value(carts, CART)).isEqualTo(fields("b", "kept", "n", "kept"));
    assertThat(state.view(carts, CART).liveCells()).isEqualTo(2);
    assertThat(state.audit(mismatch -> {}).isClean()).isTrue();
  }

  private static Value fields(String... pairs) {
    TreeMap<Bytes, Value> fields = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put(Bytes.utf8(pairs[i]), text(pairs[i + 1]));
    }
    return new Value.Fields(fields);
  }

  /**
   * Ten megabytes go in batches of four, and nobody who has not asked again holds native memory.
   */
  @Test
  void foldsInBatchesOfBoundedSize() {
    String large = "x".repeat(1 << 20);
    List<Integer> keys = IntStream.range(0, 10).boxed().toList();
    try (RunFold fold = new RunFold(state, RunEffect.JOINS, 4, 90)) {
      for (int key : keys) {
        fold.take(new RunRecord(names, Bytes.utf8("name" + key), KeyPart.WHOLE, set(large, 1)));
      }
      assertThat(value(names, Bytes.utf8("name0"))).isEqualTo(text(large));
      fold.finish(1, 90, ROWS);
    }
    for (int key : keys) {
      assertThat(value(names, Bytes.utf8("name" + key))).isEqualTo(text(large));
    }
    assertThat(state.openHandles()).isZero();
  }
}
