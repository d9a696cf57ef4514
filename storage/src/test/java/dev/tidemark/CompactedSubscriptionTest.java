package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.event.Event;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.Opening;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.type.LwwRegister;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A subscription to a log that no longer reaches back to where it begins. */
class CompactedSubscriptionTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path dir;
  private final AtomicLong firstPosition = new AtomicLong(1);
  private Opening.Opened opened;
  private StoreCore core;

  @BeforeEach
  void open() {
    opened = Opening.open(dir, Schema.empty(), Options.defaults());
    core = opened.core();
  }

  @AfterEach
  void close() {
    opened.close();
    StoreAudit.check(dir);
  }

  private long set(String key, String value) {
    return new LwwRegister<>(new StoreKey(core, Bytes.utf8(key), null), Codec.utf8()).set(value);
  }

  private Subscription subscribe(long from) {
    return new Subscription(core, Bytes.utf8("k"), from, firstPosition::get);
  }

  private static List<Event> poll(Subscription subscription, int count) throws Exception {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(subscription.poll(LONG));
    }
    return events;
  }

  @Test
  void tellsTheGapThenCurrentValuesThenWhatComesAfterThem() throws Exception {
    set("k1", "old");
    set("k1", "a");
    set("other", "x");
    set("k2", "b");
    firstPosition.set(4);
    try (Subscription subscription = subscribe(1)) {
      List<Event> events = poll(subscription, 3);
      assertThat(events.get(0)).isEqualTo(new Event.Compacted(1, 3));
      assertThat(events.subList(1, 3))
          .extracting(event -> ((Event.Current) event).key())
          .containsExactly("k1", "k2");
      assertThat(events.get(2).position()).isEqualTo(4);
      long after = set("k1", "c");
      Event.Change change = (Event.Change) subscription.poll(LONG);
      assertThat(change.position()).isEqualTo(after);
      assertThat(change.before()).isNotNull();
      assertThat(subscription.nextPosition()).isEqualTo(after + 1);
    }
  }

  /** Current values may be newer than what is synced: told before, they could be taken back. */
  @Test
  void tellsNoCurrentValueThatIsNotSynced() throws Exception {
    set("k1", "a");
    core.sync();
    long unsynced = set("k1", "b");
    firstPosition.set(2);
    try (Subscription subscription = subscribe(1)) {
      assertThat(subscription.poll(LONG)).isEqualTo(new Event.Compacted(1, 1));
      assertThat(core.log().syncedPosition()).isGreaterThanOrEqualTo(unsynced);
    }
  }

  /** Between two current values the position to resume from was already behind all of them. */
  @Test
  void resumesBeforeTheGapUntilAllCurrentValuesAreTold() throws Exception {
    set("k1", "a");
    set("k2", "b");
    firstPosition.set(2);
    try (Subscription subscription = subscribe(1)) {
      poll(subscription, 2);
      assertThat(subscription.nextPosition()).isEqualTo(1);
      poll(subscription, 1);
      assertThat(subscription.poll(Duration.ZERO)).isNull();
      assertThat(subscription.nextPosition()).isEqualTo(3);
    }
  }

  /** One that was live and had nothing to tell for long took a truncation for a gap of its own. */
  @Test
  void tellsNoGapToOneThatWasThereAllTheTime() throws Exception {
    try (Subscription subscription = subscribe(1)) {
      for (int i = 0; i < 10; i++) {
        set("other", "x");
      }
      core.sync();
      firstPosition.set(9);
      long position = set("k1", "a");
      Event event = subscription.poll(LONG);
      assertThat(event).isInstanceOf(Event.Change.class);
      assertThat(event.position()).isEqualTo(position);
    }
  }

  @Test
  void tellsAGapThatOpensWhileItReadsTheLog() throws Exception {
    for (int i = 0; i < 10; i++) {
      set("k1", "a" + i);
    }
    try (Subscription subscription = subscribe(1)) {
      assertThat(subscription.poll(LONG).position()).isEqualTo(1);
      firstPosition.set(6);
      assertThat(subscription.poll(LONG)).isEqualTo(new Event.Compacted(2, 5));
      assertThat(subscription.poll(LONG)).isInstanceOf(Event.Current.class);
      assertThat(subscription.poll(Duration.ZERO)).isNull();
    }
  }
}
