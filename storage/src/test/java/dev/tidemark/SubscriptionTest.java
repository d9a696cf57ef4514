package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.event.Event;
import dev.tidemark.storage.Options;
import dev.tidemark.type.OrSet;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a subscriber is told, live and from the log. */
class SubscriptionTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String COUNTER = EveryStrategy.key(Strategy.G_COUNTER, 0);
  private static final String SET = EveryStrategy.key(Strategy.OR_SET, 0);

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Tidemark store;

  @BeforeEach
  void open() {
    store = open("store");
  }

  private Tidemark open(String name) {
    return audit.open(
        parent.resolve(name),
        EveryStrategy.SCHEMA,
        Options.defaults()
            .withOverlayBytes(64 << 10)
            .withSegmentBytes(64 << 10)
            .withInlineLimit(Limits.MAX_VALUE_BYTES)
            .withCompactionBytesPerSecond(0));
  }

  private OrSet<String> set() {
    return store.orSet(SET, Codec.utf8());
  }

  private Event.Change next(Subscription subscription) throws InterruptedException {
    Event.Change change = (Event.Change) subscription.poll(LONG);
    assertThat(change).isNotNull();
    assertThat(change.position()).isLessThanOrEqualTo(store.status().syncedPosition());
    return change;
  }

  private static Value.Counter counter(long sum) {
    return new Value.Counter(BigInteger.valueOf(sum));
  }

  private static Value.Elements elements(String... elements) {
    return new Value.Elements(List.of(elements).stream().map(Bytes::utf8).toList());
  }

  @Test
  void tellsEachChangeInOrderWithWhatItFoundAndLeft() throws Exception {
    try (Subscription subscription = store.subscribe("")) {
      store.gCounter(COUNTER).increment(2);
      store.gCounter(COUNTER).increment(3);
      Event.Change first = next(subscription);
      assertThat(first.position()).isEqualTo(1);
      assertThat(first.key()).isEqualTo(COUNTER);
      assertThat(first.strategy()).isEqualTo(Strategy.G_COUNTER);
      assertThat(first.cause()).isEqualTo(Event.Cause.LOCAL);
      assertThat(first.operation().sequence()).isEqualTo(1);
      assertThat(first.before()).isEqualTo(counter(0));
      assertThat(first.after()).isEqualTo(counter(2));
      Event.Change second = next(subscription);
      assertThat(second.before()).isEqualTo(counter(2));
      assertThat(second.after()).isEqualTo(counter(5));
      assertThat(subscription.nextPosition()).isEqualTo(3);
      assertThat(subscription.poll(Duration.ZERO)).isNull();
    }
  }

  /** All changes of a commit showed what its last one left, and found what its first one found. */
  @Test
  void tellsEachStepOfACommitThatChangesOneKeySeveralTimes() throws Exception {
    try (Subscription subscription = store.subscribe("")) {
      store.commit(
          batch -> {
            batch.gCounter(COUNTER).increment(1);
            batch.orSet(SET, Codec.utf8()).add("a");
            batch.gCounter(COUNTER).increment(1);
            batch.orSet(SET, Codec.utf8()).remove("a");
          });
      List<Value> values = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Event.Change change = next(subscription);
        assertThat(change.position()).isEqualTo(1);
        assertThat(subscription.nextPosition()).isEqualTo(i < 3 ? 1 : 2);
        values.add(change.before());
        values.add(change.after());
      }
      assertThat(values)
          .containsExactly(
              counter(0),
              counter(1),
              elements(),
              elements("a"),
              counter(1),
              counter(2),
              elements("a"),
              elements());
    }
  }

  @Test
  void tellsChangesOfOtherReplicasAsRemote() throws Exception {
    Tidemark peer = open("peer");
    peer.gCounter(COUNTER).increment(7);
    try (Subscription subscription = store.subscribe("");
        Exchange exchange = new Exchange(peer, store)) {
      exchange.pull();
      Event.Change change = next(subscription);
      assertThat(change.cause()).isEqualTo(Event.Cause.REMOTE);
      assertThat(change.operation().replica()).isEqualTo(peer.replicaId());
      assertThat(change.after()).isEqualTo(counter(7));
    }
    try (Subscription again = store.subscribe("", 1)) {
      assertThat(next(again).cause()).isEqualTo(Event.Cause.REMOTE);
    }
  }

  @Test
  void tellsOnlyWhatIsUnderItsPrefix() throws Exception {
    try (Subscription subscription = store.subscribe(EveryStrategy.prefix(Strategy.OR_SET))) {
      for (int i = 0; i < 100; i++) {
        store.gCounter(COUNTER).increment();
      }
      long last = set().add("mine");
      assertThat(next(subscription).key()).isEqualTo(SET);
      assertThat(subscription.nextPosition()).isEqualTo(last + 1);
      store.gCounter(COUNTER).increment();
      store.sync();
      assertThat(subscription.poll(Duration.ZERO)).isNull();
      // A resume need not look again at what was none of its business.
      assertThat(subscription.nextPosition()).isEqualTo(last + 2);
    }
  }

  @Test
  void showsOfALargeSetOnlyTheElementThatIsTouched() throws Exception {
    store.commit(
        batch -> LongStream.range(0, 3_000).forEach(i -> batch.orSet(SET, Codec.int64()).add(i)));
    try (Subscription subscription = store.subscribe("")) {
      set().add("new");
      set().remove("new");
      set().delete();
      Event.Change add = next(subscription);
      assertThat(add.before()).isEqualTo(elements());
      assertThat(add.after()).isEqualTo(elements("new"));
      assertThat(add.partial()).isFalse();
      Event.Change remove = next(subscription);
      assertThat(remove.before()).isEqualTo(elements("new"));
      assertThat(remove.after()).isEqualTo(elements());
      Event.Change delete = next(subscription);
      assertThat(((Value.Elements) delete.before()).elements()).hasSize(1_000);
      assertThat(delete.after()).isEqualTo(elements());
      assertThat(delete.partial()).isTrue();
    }
  }

  /** A sync that somebody else had done, by sealing a segment, woke no subscriber. */
  @Test
  void tellsWhatASealedSegmentSynced() throws Exception {
    try (Subscription subscription = store.subscribe("")) {
      set().add("a");
      store.roll();
      assertThat(subscription.poll(Duration.ZERO)).isNotNull();
    }
  }

  @Test
  void tellsFromTheLogWhatIsOlderWithTheValuesOfNow() throws Exception {
    store.gCounter(COUNTER).increment();
    set().add("a");
    set().remove("a");
    store.flush();
    try (Subscription subscription = store.subscribe("", 1)) {
      Event.Change count = next(subscription);
      assertThat(count.before()).isNull();
      assertThat(count.after()).isEqualTo(counter(1));
      Event.Change add = next(subscription);
      assertThat(add.effects()).singleElement().extracting("verb").isEqualTo("add");
      assertThat(add.after()).isEqualTo(elements());
      assertThat(next(subscription).position()).isEqualTo(3);
      set().add("b");
      Event.Change live = next(subscription);
      assertThat(live.before()).isEqualTo(elements());
      assertThat(live.after()).isEqualTo(elements("b"));
    }
  }

  @Test
  void losesAndRepeatsNothingWhenResumedWhileOthersWrite() throws Exception {
    int total = 4_000;
    try (Tasks tasks = new Tasks()) {
      tasks.start(
          () -> {
            for (int i = 0; i < total; i++) {
              store.gCounter(COUNTER).increment();
            }
            return null;
          });
      List<Long> positions = new ArrayList<>();
      long resume = 1;
      while (positions.size() < total) {
        try (Subscription subscription = store.subscribe("", resume)) {
          // Long enough to go from the log to live, now and then.
          for (int i = 0; i < 700 && positions.size() < total; i++) {
            positions.add(next(subscription).position());
          }
          resume = subscription.nextPosition();
        }
      }
      tasks.join();
      for (int i = 0; i < total; i++) {
        assertThat(positions.get(i)).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void losesNothingWhenItFallsBehindInChanges() throws Exception {
    int total = SubscriptionQueue.MAX_CHANGES + 500;
    try (Subscription subscription = store.subscribe("")) {
      for (int i = 0; i < total; i++) {
        store.gCounter(COUNTER).increment();
      }
      expectAll(subscription, total);
    }
  }

  /** The queue was bounded by the number of changes: large values filled the heap all the same. */
  @Test
  void losesNothingWhenItFallsBehindInBytes() throws Exception {
    var register = store.lwwRegister("plain", Codec.utf8());
    String large = "x".repeat(300_000);
    int total = 40;
    try (Subscription subscription = store.subscribe("")) {
      for (int i = 0; i < total; i++) {
        register.set(large + i);
      }
      expectAll(subscription, total);
    }
  }

  /** In order, the first with what they found, the last, which were dropped, without. */
  private void expectAll(Subscription subscription, int total) throws InterruptedException {
    for (long position = 1; position <= total; position++) {
      Event.Change change = next(subscription);
      assertThat(change.position()).isEqualTo(position);
      if (position == 1) {
        assertThat(change.before()).isNotNull();
      } else if (position == total) {
        assertThat(change.before()).isNull();
      }
    }
    store.gCounter(COUNTER).increment();
    assertThat(next(subscription).before()).as("live again").isNotNull();
  }

  @Test
  void isWokenByTheCloseOfAnotherThread() throws Exception {
    Subscription subscription = store.subscribe("");
    try (Tasks tasks = new Tasks()) {
      var polling =
          tasks.start(
              () -> {
                try {
                  return subscription.poll(LONG);
                } catch (IllegalStateException closed) {
                  return closed;
                }
              });
      subscription.close();
      assertThat(Tasks.get(polling)).isInstanceOf(IllegalStateException.class);
    }
  }
}
