package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A store takes another one's state, and the n-th call to the disk fails: for n = 1, then 2, then
 * 3, until it needs fewer. Whatever fails, all of the state is in or nothing of it, and what the
 * store has promised itself is there.
 */
class FailingRunTest {
  private static final int STEP = Boolean.getBoolean("tidemark.nightly") ? 1 : 9;
  private static final int FEWEST_FAILURES = 3;
  private static final long COMMITS = 30;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  private Tidemark from;

  @BeforeEach
  void open() {
    from = open(parent.resolve("from"), 1, DurableFiles.standard());
    for (long number = 1; number < COMMITS; number++) {
      NumberedCommits.write(from, number, 20_000, Durability.BUFFERED);
    }
    ForcedFold.truncateAll(from);
    NumberedCommits.write(from, COMMITS, 10, Durability.SYNCED);
  }

  @AfterEach
  void close() {
    from.close();
  }

  private static Tidemark open(Path directory, long replica, DurableFiles disk) {
    return Tidemark.open(
        directory,
        NumberedCommits.SCHEMA,
        NumberedCommits.OPTIONS.withReplicaId(replica).withCompactionBytesPerSecond(0),
        disk);
  }

  @ParameterizedTest
  @EnumSource(names = {"ONCE", "FOR_GOOD", "SHORT_WRITE_THEN_FAILURE"})
  void takesAllOfAStateOrNothing(Mode mode) throws Exception {
    // Of writes there are few.
    int step = mode == Mode.SHORT_WRITE_THEN_FAILURE ? Math.min(STEP, 2) : STEP;
    int nth = 1 + mode.ordinal() % step;
    int failures = 0;
    int taken = 0;
    FailingCall failing;
    do {
      failing = new FailingCall(nth, mode, call -> counts(mode, call));
      Path directory = parent.resolve(mode + "-" + nth);
      AtomicLong promised = new AtomicLong();
      take(directory, new ObservedFiles(failing), promised);
      failures += failing.hasFailed() ? 1 : 0;
      taken += expectWhole(directory, promised.get()) ? 1 : 0;
      nth += step;
    } while (failing.isReached());
    System.out.println(
        mode + ": failed " + failures + " calls of " + nth + "; the state was there " + taken);
    assertThat(failures).isGreaterThanOrEqualTo(FEWEST_FAILURES);
    assertThat(taken).as("failures behind the attachment too").isGreaterThan(1);
  }

  private static boolean counts(Mode mode, Call call) {
    return mode != Mode.SHORT_WRITE_THEN_FAILURE || call.kind() == Call.Kind.WRITE;
  }

  private void take(Path directory, DurableFiles disk, AtomicLong promised) {
    try (Tidemark to = open(directory, 2, disk)) {
      own(to, promised);
      try (Exchange exchange = new Exchange(from, to)) {
        exchange.pull();
        NumberedCommits.expectExactly(to, COMMITS);
      }
      own(to, promised);
      to.flush();
      to.roll();
      own(to, promised);
    } catch (TidemarkException refused) {
      // What is there now, the next open tells.
    }
  }

  private static void own(Tidemark store, AtomicLong promised) {
    store.commit(
        Durability.SYNCED,
        batch -> batch.lwwRegister("own", Codec.int64()).set(promised.get() + 1));
    promised.incrementAndGet();
  }

  /** The disk is well again; whether the state is there. */
  private boolean expectWhole(Path directory, long promised) throws Exception {
    if (Files.exists(directory)) {
      StoreAudit.checkNothingHeld(directory);
    }
    boolean isThere;
    try (Tidemark to = open(directory, 2, DurableFiles.standard())) {
      long last = NumberedCommits.last(to);
      assertThat(last).isIn(0L, COMMITS - 1, COMMITS);
      NumberedCommits.expectExactly(to, last);
      assertThat(to.vector().get(1) > 0).isEqualTo(last > 0);
      long own = to.lwwRegister("own", Codec.int64()).get().orElse(0L);
      assertThat(own).isBetween(promised, promised + 1);
      isThere = last > 0;
      try (Exchange exchange = new Exchange(from, to)) {
        exchange.pull();
      }
      NumberedCommits.expectExactly(to, COMMITS);
      assertThat(to.vector()).matches(seen -> seen.dominates(from.vector()));
    }
    StoreAudit.check(directory);
    return isThere;
  }
}
