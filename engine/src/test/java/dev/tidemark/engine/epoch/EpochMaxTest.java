package dev.tidemark.engine.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.TestKey;
import dev.tidemark.engine.operation.Update.Delete;
import dev.tidemark.engine.operation.Update.PutEpoch;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The cases that an earlier store of this kind was tested with, and the ones it got wrong. */
class EpochMaxTest {
  private static KeyDelta put(long epoch, long count, long stamp, long replica) {
    return new TestKey(Strategy.EPOCH_MAX)
        .prepare(new PutEpoch(epoch, count), replica, stamp, stamp);
  }

  private static KeyDelta put(long epoch, long count, long stamp) {
    return put(epoch, count, stamp, 1);
  }

  private static KeyDelta delete(long stamp) {
    return new TestKey(Strategy.EPOCH_MAX).prepare(new Delete(), 2, stamp, stamp);
  }

  private static KeyDelta folded(KeyDelta... deltas) {
    KeyState run = KeyState.noDeltas();
    for (KeyDelta delta : deltas) {
      Join.into(run, Strategy.EPOCH_MAX.lattice(), delta);
    }
    return run.copy();
  }

  private static Value.EpochCount visible(KeyDelta... deltas) {
    TestKey key = new TestKey(Strategy.EPOCH_MAX);
    for (KeyDelta delta : deltas) {
      key.join(delta);
    }
    return ((Value.Epoch) key.value()).point();
  }

  private static Value.EpochCount point(long epoch, long count) {
    return new Value.EpochCount(epoch, count);
  }

  /** Every order of the deltas, each alone and all folded, gives one state, which reads as said. */
  private static void inAnyOrder(Value.EpochCount expected, KeyDelta... deltas) {
    Set<KeyDelta> states = new HashSet<>();
    permute(
        new ArrayList<>(Arrays.asList(deltas)),
        0,
        order -> {
          KeyDelta[] array = order.toArray(new KeyDelta[0]);
          assertThat(visible(array)).isEqualTo(expected);
          assertThat(visible(folded(array))).isEqualTo(expected);
          states.add(folded(array));
        });
    assertThat(states).hasSize(1);
  }

  private static void permute(List<KeyDelta> deltas, int from, Consumer<List<KeyDelta>> each) {
    if (from == deltas.size()) {
      each.accept(deltas);
    }
    for (int i = from; i < deltas.size(); i++) {
      Collections.swap(deltas, from, i);
      permute(deltas, from + 1, each);
      Collections.swap(deltas, from, i);
    }
  }

  @Test
  void theGreaterEpochWinsThenTheGreaterCountWhateverIsNewer() {
    inAnyOrder(point(6, 0), put(5, 100, 2), put(6, 0, 1));
    inAnyOrder(point(5, 42), put(5, 30, 1), put(5, 42, 2));
    inAnyOrder(point(6, 10), put(6, 10, 1), put(5, 100, 2));
    inAnyOrder(point(5, -5), put(5, -10, 2), put(5, -5, 1));
    inAnyOrder(point(6, 9), put(5, 10, 1), put(6, 3, 3), put(6, 9, 2));
  }

  @Test
  void epochsAreUnsignedAndCountsSigned() {
    inAnyOrder(point(-1, 0), put(-1, 0, 1), put(Long.MAX_VALUE, 9, 2));
    inAnyOrder(point(1, -1), put(1, -1, 1), put(1, Long.MIN_VALUE, 2));
  }

  @Test
  void aDeleteKillsEachPointUpToItsVersionAndNoOther() {
    inAnyOrder(null, put(6, 50, 1), delete(2));
    inAnyOrder(point(5, 100), put(5, 100, 100), put(6, 0, 90), delete(95));
    inAnyOrder(null, put(7, 99, 50), delete(100), put(8, 88, 40));
    inAnyOrder(point(6, 0), put(7, 0, 90), delete(95), put(6, 0, 100));
    inAnyOrder(null, put(5, 100, 80), put(6, 0, 90), delete(95));
  }

  /** A peer that only ever saw the folded form let a delayed put from before the delete in. */
  @Test
  void theFoldedFormRemembersTheDelete() {
    KeyDelta snapshot = folded(put(7, 99, 60), delete(65), put(6, 1, 70));
    assertThat(visible(snapshot, put(7, 99, 60, 9))).isEqualTo(point(6, 1));
    assertThat(visible(put(6, 1, 70), snapshot, put(7, 99, 60, 9))).isEqualTo(point(6, 1));
    KeyDelta again = folded(snapshot, put(9, 99, 10, 9));
    assertThat(visible(again)).isEqualTo(point(6, 1));
  }

  @Test
  void theFoldedFormKeepsWhatALaterDeleteWouldUncover() {
    KeyDelta state = folded(delete(50), put(7, 100, 60), put(6, 1, 70));
    assertThat(visible(state)).isEqualTo(point(7, 100));
    assertThat(visible(state, delete(65))).isEqualTo(point(6, 1));
  }

  @Test
  void theDeleteOfAKeyNeverSeenCounts() {
    assertThat(visible(delete(100), put(7, 99, 60))).isNull();
  }

  /** An older put of an equal value took the newer one's place, and a delete between killed it. */
  @Test
  void anEqualOlderPutChangesNothing() {
    assertThat(folded(put(6, 0, 100), put(6, 0, 10))).isEqualTo(put(6, 0, 100));
    assertThat(visible(put(6, 0, 100), put(6, 0, 10), delete(50))).isEqualTo(point(6, 0));
  }

  @Test
  void aStaleDeleteChangesNothing() {
    KeyDelta state = folded(put(1, 1, 50), delete(100));
    assertThat(folded(state, delete(50))).isEqualTo(state);
  }

  /** Two values forged under one version gave two replicas different bytes for ever. */
  @Test
  void evenTwoValuesUnderOneVersionJoinToTheGreater() {
    inAnyOrder(point(6, 1), put(6, 1, 70), put(5, 9, 70), put(6, 0, 70));
  }

  /** Shards were stored as they came: unsorted, doubled, or with points under their own delete. */
  @Test
  void refusesPointsThatAreNoFrontier() {
    EpochState.Point low = EpochState.decode(put(5, 1, 1).head()).points().get(0);
    EpochState.Point high = EpochState.decode(put(6, 1, 2).head()).points().get(0);
    List<EpochState> forged =
        List.of(
            new EpochState(List.of(low, high), null),
            new EpochState(List.of(high, low), null),
            new EpochState(List.of(low, low), null),
            new EpochState(List.of(low), high.version()));
    for (EpochState state : forged) {
      assertThatThrownBy(
              () -> Strategy.EPOCH_MAX.lattice().validate(KeyDelta.ofHead(state.encode())))
          .isInstanceOf(MalformedException.class)
          .hasMessageStartingWith("delta is not in its canonical form");
    }
  }

  @Test
  void refusesCellsAndOtherOperations() {
    KeyDelta withCell = KeyDelta.of(put(1, 1, 1).head(), Bytes.EMPTY, new byte[0]);
    assertThatThrownBy(() -> Strategy.EPOCH_MAX.lattice().validate(withCell))
        .hasMessageStartingWith("delta has cells where its strategy has none");
  }
}
