package dev.tidemark.engine.counter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.counter.CounterState.Totals;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** The short cut for one replica's totals gives the bytes that the join of all of them gives. */
class CounterJoinProperties {
  private static final long REPLICA = 7;
  private static final long OTHER = 8;

  @Property
  void totalsOfOneReplicaJoinAsTheyDoBesideThoseOfAnother(
      @ForAll boolean goesDown,
      @ForAll @LongRange(min = 0, max = 300) long base,
      @ForAll @LongRange(min = 0, max = 3) long added,
      @ForAll @LongRange(min = 0, max = 3) long otherBase,
      @ForAll @LongRange(min = 1, max = 300) long otherAdded,
      @ForAll @LongRange(min = 0, max = 2) long taken,
      @ForAll @LongRange(min = 0, max = 2) long otherTaken) {
    byte[] left =
        CounterState.encodeOne(
            REPLICA, new Totals(base + added + 1, base, goesDown ? taken : 0, 0), goesDown);
    byte[] right =
        CounterState.encodeOne(
            REPLICA,
            new Totals(otherBase + otherAdded, otherBase, goesDown ? otherTaken : 0, 0),
            goesDown);
    byte[] beside = CounterState.encodeOne(OTHER, new Totals(1, 0, 0, 0), goesDown);

    byte[] joined = CounterState.join(left, right, goesDown);
    Totals slow =
        CounterState.decode(
                CounterState.join(CounterState.join(left, beside, goesDown), right, goesDown),
                goesDown)
            .of(REPLICA);
    assertThat(joined).isEqualTo(CounterState.encodeOne(REPLICA, slow, goesDown));
    assertThat(joined).isEqualTo(CounterState.join(right, left, goesDown));
    assertThat(CounterState.totals(joined, REPLICA, goesDown)).isEqualTo(slow);
    assertThat(CounterState.totals(joined, OTHER, goesDown)).isEqualTo(Totals.ZERO);
  }
}
