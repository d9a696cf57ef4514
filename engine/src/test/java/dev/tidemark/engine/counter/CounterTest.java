package dev.tidemark.engine.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.TestKey;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Update.Decrement;
import dev.tidemark.engine.operation.Update.Delete;
import dev.tidemark.engine.operation.Update.Increment;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.CounterRangeException;
import dev.tidemark.error.MalformedException;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CounterTest {
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private static Value counter(BigInteger sum) {
    return new Value.Counter(sum);
  }

  private static Value counter(long sum) {
    return counter(BigInteger.valueOf(sum));
  }

  @Test
  void sumsExactlyFarBeyond64Bits() {
    TestKey up = new TestKey(Strategy.G_COUNTER);
    TestKey down = new TestKey(Strategy.PN_COUNTER);
    for (int replica = 1; replica <= 5; replica++) {
      up.update(new Increment(Long.MAX_VALUE), replica, 1, replica);
      down.update(new Decrement(Long.MAX_VALUE), replica, 1, replica);
    }
    assertThat(up.value()).isEqualTo(counter(MAX.multiply(BigInteger.valueOf(5))));
    assertThat(down.value()).isEqualTo(counter(MAX.multiply(BigInteger.valueOf(-5))));
    down.update(new Increment(7), 6, 1, 9);
    assertThat(down.value())
        .isEqualTo(counter(MAX.multiply(BigInteger.valueOf(-5)).add(BigInteger.valueOf(7))));
  }

  @Test
  void refusesToRaiseAReplicasOwnTotalBeyond64BitsAndChangesNothing() {
    TestKey key = new TestKey(Strategy.PN_COUNTER);
    key.update(new Increment(Long.MAX_VALUE - 1), 1, 1, 1);
    KeyDelta before = key.state();

    assertThatThrownBy(() -> key.prepare(new Increment(2), 1, 2, 2))
        .isInstanceOfSatisfying(
            CounterRangeException.class,
            e -> assertThat(e.exact()).isEqualTo(MAX.add(BigInteger.ONE)));
    assertThat(key.state()).isEqualTo(before);
    key.update(new Increment(1), 1, 2, 2);
    key.update(new Decrement(Long.MAX_VALUE), 1, 3, 3);
    assertThat(key.value()).isEqualTo(counter(0));
    assertThatThrownBy(() -> key.prepare(new Decrement(1), 1, 4, 4))
        .isInstanceOf(CounterRangeException.class);
  }

  /** A reset that set the value to 0 took concurrent increments with it. */
  @Test
  void aDeleteTakesWhatItSawAndNothingElse() {
    TestKey a = new TestKey(Strategy.G_COUNTER);
    TestKey b = new TestKey(Strategy.G_COUNTER);
    b.join(a.update(new Increment(10), 1, 1, 1));
    KeyDelta late = a.update(new Increment(5), 1, 2, 2);
    KeyDelta delete = b.update(new Delete(), 2, 1, 3);

    assertThat(a.join(delete).value()).isEqualTo(counter(5));
    assertThat(b.join(late).value()).isEqualTo(counter(5));
    assertThat(a.state()).isEqualTo(b.state());
    a.update(new Delete(), 1, 3, 4);
    assertThat(a.present()).isFalse();
  }

  @Test
  void isPresentAtZeroAsLongAsSomethingCounts() {
    TestKey key = new TestKey(Strategy.PN_COUNTER);
    assertThat(key.present()).isFalse();
    key.update(new Increment(3), 1, 1, 1);
    key.update(new Decrement(3), 1, 2, 2);
    assertThat(key.value()).isEqualTo(counter(0));
    assertThat(key.present()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void takesAmountsAboveZeroOnly(long amount) {
    TestKey key = new TestKey(Strategy.PN_COUNTER);
    assertThatThrownBy(() -> key.prepare(new Increment(amount), 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("amount is not above 0: amount=" + amount);
    assertThatThrownBy(() -> key.prepare(new Decrement(amount), 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCounterThatGoesUpHasNoDecrement() {
    assertThatThrownBy(() -> new TestKey(Strategy.G_COUNTER).prepare(new Decrement(1), 1, 1, 1))
        .hasMessageContaining("operation=decrement, strategy=g-counter");
  }

  @Test
  void refusesTotalsBelowTheirBaselineAndEntriesThatSayNothing() {
    long[][] impossible = {{1, 2, 0, 0}, {0, 0, 0, 0}, {0, 0, 1, 2}, {-1, 0, 0, 0}};
    for (long[] totals : impossible) {
      ByteWriter out = new ByteWriter().varint(1).i64(1);
      for (long total : totals) {
        out.varint(total);
      }
      KeyDelta delta = KeyDelta.ofHead(out.toByteArray());
      assertThatThrownBy(() -> Strategy.PN_COUNTER.lattice().validate(delta))
          .isInstanceOf(MalformedException.class)
          .hasMessageStartingWith("counter entry is impossible");
    }
  }

  @Test
  void aFieldOfAMapIsThereWhileSomethingInItCounts() {
    TestKey a = new TestKey(Strategy.OR_MAP_OF_PN_COUNTER);
    Bytes field = Bytes.utf8("f");
    a.update(new Update.UpdateField(field, new Increment(1)), 1, 1, 1);
    a.update(new Update.UpdateField(field, new Decrement(1)), 1, 2, 2);
    assertThat(((Value.Fields) a.value()).fields()).containsEntry(field, counter(0));
    a.update(new Update.Remove(field), 1, 3, 3);
    assertThat(((Value.Fields) a.value()).fields()).isEmpty();
    assertThat(a.present()).isFalse();
  }
}
