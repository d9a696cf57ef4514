package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.event.Event;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.compaction.CompactionReport;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogOptions;
import dev.tidemark.storage.log.SegmentInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
  private static final int OPERATIONS = Boolean.getBoolean("tidemark.nightly") ? 1_000_000 : 10_000;
  private static final Schema SCHEMA =
      Schema.of("n:", Strategy.PN_COUNTER).and("s:", Strategy.OR_SET);
  private static final Options SMALL =
      Options.defaults()
          .withSegmentBytes(LogOptions.MIN_SEGMENT_BYTES)
          .withCompactionBytesPerSecond(0);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  @Test
  void leavesADeltaForEachCounterHoweverOftenItWasRaised() {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    for (int i = 0; i < OPERATIONS; i++) {
      store.pnCounter("n:" + i % 100).increment();
    }
    long before = store.status().logBytes();
    CompactionReport report = store.compact();
    System.out.println(report);
    assertThat(report.segmentsBefore()).isGreaterThan(10);
    assertThat(report.positions()).isEqualTo(OPERATIONS);
    assertThat(report.records()).isEqualTo(100);
    assertThat(store.status().logBytes()).isEqualTo(report.bytesAfter());
    assertThat(report.bytesAfter()).isLessThan(before / 100);
    assertThat(store.status().segments()).isEqualTo(1);
    assertThat(store.compact()).isEqualTo(CompactionReport.NOTHING);
    assertThat(store.pnCounter("n:7").value()).isEqualTo(OPERATIONS / 100);
  }

  @Test
  void leavesNothingOfElementsThatWereAddedAndRemoved() {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    var set = store.orSet("s:1", Codec.utf8());
    for (int i = 0; i < OPERATIONS; i++) {
      String element = "e" + i / 2 % 100;
      if (i % 2 == 0) {
        set.add(element);
      } else {
        set.remove(element);
      }
    }
    CompactionReport report = store.compact();
    System.out.println(report);
    assertThat(report.positions()).isEqualTo(OPERATIONS);
    assertThat(report.records()).isEqualTo(1);
    // A coverage, a context, and 100 cells at most.
    assertThat(report.bytesAfter()).isLessThan(5_000);
    assertThat(set.size()).isZero();
  }

  @Test
  void goesOnByItselfInTheBackground() {
    Tidemark store = audit.open(dir, SCHEMA, SMALL.withCompactionBytesPerSecond(32 << 20));
    for (int i = 0; i < 10_000; i++) {
      store.pnCounter("n:" + i % 10).increment();
    }
    // It may have begun long before the last of them was written.
    Tasks.await(
        () -> store.log().segments().stream().anyMatch(SegmentInfo::isFolded),
        () -> "nothing is folded of " + store.log().segments());
    assertThat(store.pnCounter("n:3").value()).isEqualTo(1_000);
  }

  @Test
  void tellsSubscribersWhatTheFoldedOperationsComeTo() throws InterruptedException {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    for (int i = 0; i < 100; i++) {
      store.pnCounter("n:1").increment();
      store.orSet("s:1", Codec.utf8()).add("e" + i % 3);
    }
    store.compact();
    store.orSet("s:1", Codec.utf8()).remove("e0");
    store.sync();
    List<Event.Change> changes = new ArrayList<>();
    try (Subscription subscription = store.subscribe("", 50)) {
      for (int i = 0; i < 3; i++) {
        changes.add((Event.Change) subscription.poll(Duration.ofSeconds(60)));
      }
      assertThat(subscription.nextPosition()).isEqualTo(202);
    }
    assertThat(changes)
        .extracting(Event.Change::key, Event.Change::cause, Event.Change::position)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("n:1", Event.Cause.FOLDED, 200L),
            org.assertj.core.groups.Tuple.tuple("s:1", Event.Cause.FOLDED, 200L),
            org.assertj.core.groups.Tuple.tuple("s:1", Event.Cause.LOCAL, 201L));
    assertThat(changes.get(0).operation()).isNull();
    assertThat(changes.get(2).operation()).isNotNull();
  }

  /** Each of them sees every position, in order, in one item or another. */
  @Test
  void showsReadersAWholeLogWhileSegmentsAreSwapped() throws Exception {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    AtomicBoolean ended = new AtomicBoolean();
    try (Tasks tasks = new Tasks()) {
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(tasks.start(() -> readUntil(store, ended)));
      }
      long folded = 0;
      for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 100; i++) {
          store.orSet("s:" + i % 7, Codec.utf8()).add("e" + i);
        }
        folded += store.compact().segmentsBefore();
      }
      ended.set(true);
      assertThat(folded).isGreaterThanOrEqualTo(40);
      for (Future<Long> reader : readers) {
        assertThat(reader.get(1, TimeUnit.MINUTES)).isPositive();
      }
    }
  }

  private static long readUntil(Tidemark store, AtomicBoolean ended) {
    long runs = 0;
    boolean last = false;
    while (!last) {
      last = ended.get();
      long due = 1;
      try (LogCursor cursor = store.log().cursor(1)) {
        while (cursor.next()) {
          assertThat(cursor.firstPosition()).isLessThanOrEqualTo(due);
          assertThat(cursor.position()).isGreaterThanOrEqualTo(due);
          due = cursor.position() + 1;
          if (cursor.isRun()) {
            runs++;
            ForcedFold.records(cursor);
          }
        }
      }
    }
    return runs;
  }

  @Test
  void endsWhenTheStoreIsClosedAndLeavesTheLogAsItWas() throws Exception {
    Tidemark store = audit.open(dir, SCHEMA, SMALL);
    for (int i = 0; i < 2_000; i++) {
      store.pnCounter("n:" + i % 10).increment();
    }
    store.flush();
    CountDownLatch begun = new CountDownLatch(1);
    try (Tasks tasks = new Tasks()) {
      Future<?> compaction =
          tasks.start(
              () ->
                  assertThatThrownBy(
                          () ->
                              store.compact(
                                  bytes -> {
                                    begun.countDown();
                                    // As slow as it may be, it does not hold up a close.
                                    Tasks.await(() -> isClosed(store), () -> "not closed");
                                  }))
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("closed"));
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      store.close();
      compaction.get(60, TimeUnit.SECONDS);
    }
    try (Tidemark again = audit.open(dir, SCHEMA, SMALL)) {
      assertThat(again.log().segments()).noneMatch(SegmentInfo::isFolded);
      assertThat(again.log().appendedPosition()).isEqualTo(2_000);
    }
  }

  private static boolean isClosed(Tidemark store) {
    try {
      store.status();
      return false;
    } catch (IllegalStateException closed) {
      return true;
    }
  }
}
