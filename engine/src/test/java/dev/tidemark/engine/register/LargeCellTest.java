package dev.tidemark.engine.register;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.blob.LargeValues;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.TestKey;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Large values as what a register or a field holds. */
class LargeCellTest {
  private static final Version VERSION = new Version(9, 1, 3);
  private static final LargeValue SMALLER = LargeValues.any(1);
  private static final LargeValue LARGER = LargeValues.any(2);

  @Test
  void cellsForgedUnderOneVersionAreTotallyOrdered() {
    List<byte[]> ordered =
        List.of(
            VersionedCell.encode(VERSION, Bytes.EMPTY),
            VersionedCell.encode(VERSION, Bytes.utf8("z")),
            VersionedCell.encodeLarge(VERSION, SMALLER),
            VersionedCell.encodeLarge(VERSION, LARGER),
            VersionedCell.encode(VERSION, null));
    for (int i = 0; i < ordered.size(); i++) {
      for (int j = 0; j < ordered.size(); j++) {
        byte[] greater = ordered.get(Math.max(i, j));
        assertThat(VersionedCell.join(ordered.get(i), ordered.get(j))).isEqualTo(greater);
      }
    }
  }

  @Test
  void aRegisterShowsWhatItRefersToUntilItIsOverwritten() {
    TestKey key = new TestKey(Strategy.LWW_REGISTER);
    KeyDelta large = key.update(new Update.SetLarge(LARGER), 1, 1, 5);

    assertThat(references(Strategy.LWW_REGISTER, large)).containsExactly(LARGER);
    assertThat(key.value()).isEqualTo(new Value.Large(LARGER));
    KeyDelta small = key.update(new Update.SetValue(Bytes.utf8("x")), 1, 2, 6);
    assertThat(references(Strategy.LWW_REGISTER, small)).isEmpty();
    assertThat(references(Strategy.LWW_REGISTER, KeyDelta.ofHead(new byte[0]))).isEmpty();
  }

  @Test
  void aMapShowsTheLargeValuesOfAllItsFields() {
    Strategy strategy = Strategy.LWW_MAP;
    TestKey key = new TestKey(strategy);
    key.update(new Update.PutLargeField(Bytes.utf8("a"), SMALLER), 1, 1, 5);
    key.update(new Update.PutField(Bytes.utf8("b"), Bytes.utf8("x")), 1, 2, 6);
    key.update(new Update.PutLargeField(Bytes.utf8("c"), SMALLER), 1, 3, 7);
    key.update(new Update.PutLargeField(Bytes.utf8("d"), LARGER), 1, 4, 8);
    key.update(new Update.Remove(Bytes.utf8("d")), 1, 5, 9);

    assertThat(references(strategy, key.state())).containsExactly(SMALLER, SMALLER);
    key.update(new Update.Delete(), 1, 6, 10);
    assertThat(references(strategy, key.state())).isEmpty();
  }

  private static List<LargeValue> references(Strategy strategy, KeyDelta element) {
    List<LargeValue> shown = new ArrayList<>();
    strategy.lattice().largeValues(element, shown::add);
    return shown;
  }
}
