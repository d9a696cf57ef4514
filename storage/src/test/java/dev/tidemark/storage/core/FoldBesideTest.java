package dev.tidemark.storage.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldBesideTest {
  @Test
  void foldsOneGenerationAtATimeBesideTheCaller() {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger folds = new AtomicInteger();
    try (FoldBeside fold =
        new FoldBeside(
            () -> {
              awaitUninterruptibly(goOn);
              folds.incrementAndGet();
            })) {
      fold.begin();
      // Still going on: this begins nothing.
      fold.begin();
      assertThat(folds).hasValue(0);
      goOn.countDown();
      fold.await();
      assertThat(folds).hasValue(1);
      fold.begin();
    }
    assertThat(folds).hasValue(2);
  }

  /**
   * The error that a disk gives must reach whoever opens the store, and not only once it is open.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAFoldThrowsIsThrownByTheNextCall(boolean isError) {
    Throwable failure =
        isError ? new InternalError("page") : new OutOfSpaceException(Problem.of("full"));
    FoldBeside fold = new FoldBeside(() -> FoldBesideTest.<RuntimeException>raise(failure));
    fold.begin();
    assertThatThrownBy(fold::close).isSameAs(failure);
    fold.close();
  }

  @Test
  void anInterruptIsPassedOnAndCancelsNothing() {
    AtomicInteger folds = new AtomicInteger();
    FoldBeside fold = new FoldBeside(folds::incrementAndGet);
    Thread.currentThread().interrupt();
    fold.begin();
    fold.await();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(folds).hasValue(1);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Throwable failure) throws T {
    throw (T) failure;
  }
}
