package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.fault.Call;
import dev.tidemark.storage.fault.FailingCall;
import dev.tidemark.storage.fault.FailingCall.Mode;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.type.Durability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A run of a store in which the n-th call to the disk fails: for n = 1, then 2, then 3, until a run
 * needs fewer calls.
 */
class FailingDiskTest {
  private static final int STEP = Boolean.getBoolean("tidemark.nightly") ? 1 : 8;
  private static final int COMMITS = 5;
  private static final int FEWEST_FAILURES = 3;
  private static final long LONGEST_SECONDS = 60;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  @ParameterizedTest
  @EnumSource
  void failsWithATypedErrorAndKeepsWhatItPromised(Mode mode) throws Exception {
    // Where not every call is taken, each mode takes others.
    int nth = 1 + mode.ordinal() % STEP;
    int failures = 0;
    FailingCall failing;
    do {
      failing = new FailingCall(nth, mode, call -> counts(mode, call));
      Path directory = parent.resolve(mode + "-" + nth);
      AtomicLong promised = new AtomicLong();
      try (Tasks tasks = new Tasks()) {
        DurableFiles disk = new ObservedFiles(failing);
        Future<Boolean> running = tasks.start(() -> runTwice(directory, disk, promised));
        boolean failed = !running.get(LONGEST_SECONDS, TimeUnit.SECONDS);
        assertThat(failed).as("%s of call %s", mode, nth).isEqualTo(failing.hasFailed());
      }
      failures += failing.isReached() ? 1 : 0;
      expectWhole(directory, promised.get());
      nth += STEP;
    } while (failing.isReached());
    System.out.println(mode + ": failed " + failures + " calls of " + (nth - STEP - 1));
    assertThat(failures).isGreaterThanOrEqualTo(FEWEST_FAILURES);
  }

  /** Only a write can be short. */
  private static boolean counts(Mode mode, Call call) {
    return switch (mode) {
      case ONCE, FOR_GOOD -> true;
      case SHORT_WRITE, SHORT_WRITE_THEN_FAILURE -> call.kind() == Call.Kind.WRITE;
    };
  }

  /** Opens, writes, rolls, flushes and closes, twice; whether all of it went well. */
  private static boolean runTwice(Path directory, DurableFiles disk, AtomicLong promised) {
    try {
      run(directory, disk, promised);
      run(directory, disk, promised);
      return true;
    } catch (TidemarkException e) {
      return false;
    }
  }

  private static void run(Path directory, DurableFiles disk, AtomicLong promised) {
    try (Tidemark store =
        Tidemark.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS, disk)) {
      NumberedCommits.expectExactly(store, promised.get());
      for (int i = 0; i < COMMITS; i++) {
        long number = promised.get() + 1;
        NumberedCommits.write(store, number, 20_000, Durability.SYNCED);
        promised.set(number);
      }
      store.roll();
      NumberedCommits.write(store, promised.get() + 1, 10, Durability.BUFFERED);
      promised.incrementAndGet();
      store.flush();
    }
  }

  /** The disk is well again: all is there that was promised, and one commit more at most. */
  private static void expectWhole(Path directory, long promised) throws Exception {
    if (Files.exists(directory)) {
      StoreAudit.checkNothingHeld(directory);
    }
    long last;
    try (Tidemark store =
        Tidemark.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS)) {
      last = NumberedCommits.last(store);
      assertThat(last).isBetween(promised, promised + 1);
      NumberedCommits.expectExactly(store, last);
      NumberedCommits.write(store, last + 1, 10, Durability.SYNCED);
    }
    try (Tidemark store =
        Tidemark.open(directory, NumberedCommits.SCHEMA, NumberedCommits.OPTIONS)) {
      NumberedCommits.expectExactly(store, last + 1);
    }
    StoreAudit.check(directory);
  }
}
