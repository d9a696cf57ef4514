package dev.tidemark.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Clusters that forget, against a model that never does: nothing comes back, and all agree in the
 * end. {@code -Dtidemark.schedules=100000} plays as many, {@code -Dtidemark.seed=N} that one alone.
 */
class ForgettingSimulationTest {
  private static final int SCHEDULES =
      Integer.getInteger(
          "tidemark.schedules", Boolean.getBoolean("tidemark.nightly") ? 100_000 : 1_500);

  private static final int UNEVEN_SCHEDULES = Math.max(300, SCHEDULES / 5);

  @Test
  void nothingComesBackAndAllAgreeWhateverIsForgotten() {
    Long seed = Long.getLong("tidemark.seed");
    Tally tally = new Tally();
    if (seed != null) {
      Temper temper = Temper.valueOf(System.getProperty("tidemark.temper", "EVEN"));
      new Schedule(seed, temper, Breakage.NOTHING, tally).play();
      return;
    }
    long start = System.nanoTime();
    for (int i = 0; i < SCHEDULES; i++) {
      play(i, Temper.EVEN, tally);
    }
    if (SCHEDULES >= 100_000) {
      System.out.printf(
          "%,d schedules in %,d s%n%s",
          SCHEDULES, (System.nanoTime() - start) / 1_000_000_000, tally);
    }
    assertThat(Kind.values())
        .allSatisfy(kind -> assertThat(tally.of(kind)).as("%s", kind).isPositive());
  }

  /** {@code -Dtidemark.temper=CHURN} with a seed plays that one alone. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "EVEN")
  void norWhereThereIsMoreOfOneThing(Temper temper) {
    if (Long.getLong("tidemark.seed") == null) {
      Tally tally = new Tally();
      for (int i = 0; i < UNEVEN_SCHEDULES; i++) {
        play(i, temper, tally);
      }
      assertThat(tally.of(Kind.COLLECT_DROPS_SOMETHING)).isPositive();
    }
  }

  /** Wrong values or stores that disagree: that a cluster finds no rest would not count. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NOTHING")
  void whatKeepsItSafeIsNeeded(Breakage breakage) {
    Tally tally = new Tally();

    assertThat(IntStream.range(0, SCHEDULES))
        .as("schedules that go well without it")
        .anySatisfy(
            seed ->
                assertThatThrownBy(() -> new Schedule(seed, Temper.EVEN, breakage, tally).play())
                    .isInstanceOf(AssertionError.class)
                    .isNotInstanceOf(NoRestError.class));
  }

  private static void play(long seed, Temper temper, Tally tally) {
    try {
      new Schedule(seed, temper, Breakage.NOTHING, tally).play();
    } catch (AssertionError | RuntimeException e) {
      String again = "-Dtidemark.seed=" + seed + " -Dtidemark.temper=" + temper;
      throw new AssertionError("schedule " + again + ": " + e.getMessage(), e);
    }
  }
}
