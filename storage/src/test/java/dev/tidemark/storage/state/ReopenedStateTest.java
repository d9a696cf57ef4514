package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.names;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.error.Problem;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state that is opened anew under its readers, as after a full disk. */
class ReopenedStateTest {
  @TempDir private Path directory;

  private static boolean isStored(StateStore store, String key) {
    return store.view(names(store), utf8(key)).isStored();
  }

  private static void foldSecond(StateStore store) {
    fold(store, names(store), "name:2", set("Bob", 2));
  }

  private StateStore openWithOneOfTwoFlushed() {
    StateStore store = States.open(directory);
    fold(store, names(store), "name:1", set("Ann", 1));
    store.flush();
    foldSecond(store);
    return store;
  }

  @Test
  void holdsAgainWhatItHadInMemory() {
    try (StateStore store = openWithOneOfTwoFlushed()) {
      store.reopen(
          () -> {
            assertThat(store.progress().applied()).isEqualTo(1);
            foldSecond(store);
          });
      assertThat(isStored(store, "name:1")).isTrue();
      assertThat(isStored(store, "name:2")).isTrue();
      assertThat(store.progress().applied()).isEqualTo(2);
    }
  }

  /**
   * The disk filled up once more while what had been in memory was folded again: the state was left
   * without the rest of it. Readers saw a value that was older than one they had seen before, and
   * the next fold went on from there as if nothing were missing, so that it was missing for good.
   */
  @Test
  void isNeitherReadNorFoldedIntoUntilItHoldsAllAgain() {
    try (StateStore store = openWithOneOfTwoFlushed()) {
      OutOfSpaceException full = new OutOfSpaceException(Problem.of("disk is full"));
      assertThatThrownBy(
              () ->
                  store.reopen(
                      () -> {
                        throw full;
                      }))
          .isSameAs(full);
      assertThatThrownBy(() -> isStored(store, "name:2"))
          .isInstanceOf(OutOfSpaceException.class)
          .hasMessageContaining("no room to be opened anew");
      assertThatThrownBy(store::fold).isInstanceOf(OutOfSpaceException.class);
      assertThatThrownBy(store::flush).isInstanceOf(OutOfSpaceException.class);
      assertThat(store.progress().applied()).isEqualTo(2);
      assertThat(store.isMendable()).isTrue();
      store.reopen(() -> foldSecond(store));
      assertThat(isStored(store, "name:1")).isTrue();
      assertThat(isStored(store, "name:2")).isTrue();
      assertThat(States.mismatches(store)).isEmpty();
    }
  }

  @Test
  void closesAfterAnAttemptThatFailedAndOpensAsItWasFlushed() {
    StateStore store = openWithOneOfTwoFlushed();
    assertThatThrownBy(
            () ->
                store.reopen(
                    () -> {
                      throw new IllegalStateException("no refold");
                    }))
        .hasMessage("no refold");
    store.close();
    try (StateStore again = States.open(directory)) {
      assertThat(again.progress().applied()).isEqualTo(1);
    }
  }

  @Test
  void waitsForReadsThatBelongTogether() throws Exception {
    try (StateStore store = openWithOneOfTwoFlushed()) {
      FutureTask<Boolean> reopening =
          new FutureTask<>(() -> store.reopen(() -> foldSecond(store)), true);
      store.undisturbed(
          () -> {
            StoredKey view = store.view(names(store), utf8("name:2"));
            awaitWaiting(start(reopening));
            assertThat(view.isStored()).isTrue();
            assertThat(isStored(store, "name:1")).isTrue();
            assertThat(reopening).isNotDone();
            return true;
          });
      assertThat(reopening.get(60, TimeUnit.SECONDS)).isTrue();
      assertThat(isStored(store, "name:2")).isTrue();
    }
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task, "reopening");
    thread.start();
    return thread;
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void pinTellsThatItsMomentIsGone() {
    try (StateStore store = openWithOneOfTwoFlushed();
        Pin pin = store.pin()) {
      store.reopen(() -> foldSecond(store));
      assertThatThrownBy(() -> store.view(pin, names(store), utf8("name:1")).isStored())
          .isInstanceOf(OutOfSpaceException.class)
          .hasMessageContaining("begin the scan again");
    }
  }
}
