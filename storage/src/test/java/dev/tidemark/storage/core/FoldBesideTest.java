package dev.tidemark.storage.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldBesideTest {
  private final AtomicInteger frozen = new AtomicInteger(3);

  private boolean foldOldest() {
    return frozen.get() > 0 && frozen.decrementAndGet() >= 0;
  }

  @Test
  void foldsBesideTheCallerWhoMayWaitForIt() {
    CountDownLatch goOn = new CountDownLatch(1);
    try (FoldBeside fold =
        new FoldBeside(
            Workers.THREADS,
            () -> {
              awaitOpen(goOn);
              return foldOldest();
            })) {
      fold.begin();
      assertThat(frozen).hasValue(3);
      goOn.countDown();
      fold.await(() -> frozen.get() == 0);
      // What is frozen later is folded too.
      frozen.set(2);
      fold.begin();
      fold.await(() -> frozen.get() == 0);
    }
  }

  @Test
  void foldsInTheCallingThreadWhereThereIsNoOther() {
    SteppedWorkers workers = new SteppedWorkers();
    try (FoldBeside fold = new FoldBeside(workers, this::foldOldest)) {
      fold.begin();
      assertThat(frozen).hasValue(3);
      fold.await(() -> frozen.get() == 0);
    }
  }

  /** The error that a disk gives must reach whoever opens the store, and be the same. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAFoldThrowsIsThrownToWhoeverWaitsOrCloses(boolean isError) {
    Throwable failure =
        isError ? new InternalError("page") : new OutOfSpaceException(Problem.of("full"));
    BooleanSupplier fails = () -> FoldBesideTest.<RuntimeException>raise(failure);
    FoldBeside fold = new FoldBeside(Workers.THREADS, fails);
    assertThatThrownBy(() -> fold.await(() -> false)).isSameAs(failure);
    assertThatThrownBy(fold::begin).isSameAs(failure);
    assertThatThrownBy(fold::close).isSameAs(failure);
    CountDownLatch begun = new CountDownLatch(1);
    FoldBeside closed =
        new FoldBeside(
            Workers.THREADS,
            () -> {
              begun.countDown();
              return fails.getAsBoolean();
            });
    closed.begin();
    awaitOpen(begun);
    assertThatThrownBy(closed::close).isSameAs(failure);
  }

  @Test
  void anInterruptIsPassedOnAndCancelsNothing() {
    try (FoldBeside fold = new FoldBeside(Workers.THREADS, this::foldOldest)) {
      Thread.currentThread().interrupt();
      fold.await(() -> frozen.get() == 0);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> boolean raise(Throwable failure) throws T {
    throw (T) failure;
  }
}
