package dev.tidemark.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.CounterRangeException;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class CounterHandlesTest {
  private static final BigInteger TWICE_MAX = BigInteger.valueOf(Long.MAX_VALUE).shiftLeft(1);

  @Test
  void countsUpAndBackToZeroByADelete() {
    GCounter counter = new GCounter(new FakeReplica(Strategy.G_COUNTER, 1));

    assertThat(counter.value()).isZero();
    assertThat(counter.increment()).isEqualTo(1);
    counter.increment(41);
    assertThat(counter.value()).isEqualTo(42);
    assertThat(counter.exactValue()).isEqualTo(42);
    counter.delete();
    assertThat(counter.value()).isZero();
    counter.increment(2);
    assertThat(counter.value()).isEqualTo(2);
  }

  @Test
  void countsBelowZero() {
    PnCounter counter = new PnCounter(new FakeReplica(Strategy.PN_COUNTER, 1));
    counter.increment();
    counter.decrement();
    counter.decrement(5);

    assertThat(counter.value()).isEqualTo(-5);
    counter.delete();
    assertThat(counter.value()).isZero();
  }

  @Test
  void allConcurrentCountsCount() {
    Pair<PnCounter> pair = new Pair<>(Strategy.PN_COUNTER, PnCounter::new);
    pair.left.increment(10);
    pair.right.decrement(3);

    pair.meet().both(counter -> assertThat(counter.value()).isEqualTo(7));
  }

  @Test
  void anIncrementThatADeleteHadNotSeenSurvivesIt() {
    Pair<GCounter> pair = new Pair<>(Strategy.G_COUNTER, GCounter::new);
    pair.left.increment(10);
    pair.right.increment(5);
    pair.meet();
    pair.left.delete();
    pair.right.increment(2);

    pair.meet().both(counter -> assertThat(counter.value()).isEqualTo(2));
  }

  @Test
  void aSumOver64BitsIsCarriedByTheFailureAndReadExactly() {
    Pair<PnCounter> pair = new Pair<>(Strategy.PN_COUNTER, PnCounter::new);
    pair.left.increment(Long.MAX_VALUE);
    pair.right.increment(Long.MAX_VALUE);
    pair.meet();

    pair.both(
        counter -> {
          CounterRangeException tooLarge =
              catchThrowableOfType(CounterRangeException.class, counter::value);
          assertThat(tooLarge.exact()).isEqualTo(TWICE_MAX);
          assertThat(tooLarge).hasMessageContaining("value=" + TWICE_MAX);
          assertThat(counter.exactValue()).isEqualTo(TWICE_MAX);
        });
    pair.left.decrement(Long.MAX_VALUE);
    assertThat(pair.left.value()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void valuesUpToBothEndsOf64BitsAreRead() {
    Pair<PnCounter> pair = new Pair<>(Strategy.PN_COUNTER, PnCounter::new);
    pair.left.decrement(Long.MAX_VALUE);
    assertThat(pair.left.value()).isEqualTo(-Long.MAX_VALUE);
    pair.right.decrement();
    pair.meet();
    assertThat(pair.left.value()).isEqualTo(Long.MIN_VALUE);
    pair.right.decrement();
    assertThatThrownBy(pair.right::value).isInstanceOf(CounterRangeException.class);
  }

  @Test
  void amountsNotAboveZeroAreRefusedAndChangeNothing() {
    FakeReplica replica = new FakeReplica(Strategy.PN_COUNTER, 1);
    PnCounter counter = new PnCounter(replica);
    counter.increment(3);
    KeyDelta before = replica.snapshot();

    for (long amount : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> counter.increment(amount))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("amount is not above 0");
      assertThatThrownBy(() -> counter.decrement(amount))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(replica.snapshot()).isEqualTo(before);
  }

  @Test
  void aReplicasOwnTotalOver64BitsIsRefusedAndChangesNothing() {
    FakeReplica replica = new FakeReplica(Strategy.G_COUNTER, 1);
    GCounter counter = new GCounter(replica);
    counter.increment(Long.MAX_VALUE);
    KeyDelta before = replica.snapshot();

    assertThatThrownBy(counter::increment).isInstanceOf(CounterRangeException.class);

    assertThat(replica.snapshot()).isEqualTo(before);
    assertThat(counter.value()).isEqualTo(Long.MAX_VALUE);
  }
}
