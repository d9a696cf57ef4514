package dev.tidemark.tools.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private final LoadNumbers numbers = new LoadNumbers();
  private final AtomicInteger tries = new AtomicInteger();

  private static OutOfSpaceException full() {
    return new OutOfSpaceException(Problem.of("disk is almost full"));
  }

  @Test
  void triesAgainWhatWasRefusedForWantOfSpaceAndCountsIt() {
    Patience patience = new Patience(new Pace(0, 60, 0), numbers);
    Integer given =
        patience.call(
            () -> {
              if (tries.incrementAndGet() < 4) {
                throw full();
              }
              return tries.get();
            });

    assertThat(given).isEqualTo(4);
    assertThat(numbers.refused.sum()).isEqualTo(3);
  }

  @Test
  void givesUpWhenAnotherWriterHasFailed() {
    Pace pace = new Pace(0, 60, 0);
    Patience patience = new Patience(pace, numbers);
    Integer given =
        patience.call(
            () -> {
              pace.fail(new IllegalStateException("elsewhere"));
              throw full();
            });

    assertThat(given).isNull();
  }

  @Test
  void passesOnWhatIsNoWantOfSpace() {
    Patience patience = new Patience(new Pace(0, 60, 0), numbers);

    assertThatThrownBy(
            () ->
                patience.call(
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");
  }
}
