package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Exchange;
import dev.tidemark.Exchanges;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.replication.session.Registry;
import dev.tidemark.replication.session.Self;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.session.Terms;
import dev.tidemark.replication.v1.Frame;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer that dies while it gives keys which a store is to hold: the store gets them of another.
 */
class WideningPeerDeathTest {
  private static final Interest SETS = Interest.ofPrefixes(List.of("set/"));
  private static final Interest WIDER = Interest.ofPrefixes(List.of("set/", "count/"));
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration BEAT = Duration.ofMillis(20);
  private static final Predicate<Frame> NEVER = frame -> false;

  @RegisterExtension final Stores stores = new Stores();
  private final Map<Tidemark, Registry> registries = new HashMap<>();

  /** When the peer dies. */
  enum Death {
    BEFORE_THE_MOMENT(Frame::hasWiderMoment, false),
    BEFORE_THE_ANSWER(Death::isAnswer, false),
    BEFORE_A_PART(Frame::hasRunPart, false),
    BETWEEN_PARTS(Frame::hasRunPart, true),
    BEFORE_THE_END(Frame::hasRunEnd, false),
    BEHIND_THE_END(Frame::hasRunEnd, true);

    private final Predicate<Frame> at;
    private final boolean arrives;

    Death(Predicate<Frame> at, boolean arrives) {
      this.at = at;
      this.arrives = arrives;
    }

    private static boolean isAnswer(Frame frame) {
      return frame.hasRunBegin() && frame.getRunBegin().getWider();
    }
  }

  private Registry registry(Tidemark store) {
    return registries.computeIfAbsent(
        store,
        key ->
            new Registry(
                store.replicaId(), 4, store.peerLogs(), store.replicaNames(), System::nanoTime));
  }

  private Session session(Tidemark store, Pipe.End end) {
    long replica = store.replicaId();
    Self self = new Self(store, store.status().storeId(), replica, "test", "r" + replica, null);
    Terms terms = Terms.accepted(LONG, BEAT);
    Session session = new Session(self, registry(store), end, terms, lacking -> {}, ended -> {});
    end.of(session);
    return session;
  }

  private void connect(Tidemark one, Tidemark other, Pipe pipe) {
    Session here = session(one, pipe.one);
    Session there = session(other, pipe.other);
    here.start();
    there.start();
  }

  /** A store that has seen what the other has, of fewer keys than it is to hold. */
  private Tidemark narrow(Tidemark from) {
    for (int key = 0; key < 5; key++) {
      from.update("set/" + key, new Update.Add(Bytes.utf8("m")));
      from.update("count/" + key, new Update.Increment(key + 1));
    }
    Tidemark part = stores.open("part", Stores.options(3).withInterest(SETS));
    from.sync();
    Exchanges.pull(from, part);
    part.close();
    return stores.open("part", Stores.options(3).withInterest(WIDER));
  }

  @ParameterizedTest
  @EnumSource
  void anotherGivesTheKeysInstead(Death death) throws Exception {
    Tidemark one = stores.open(1);
    Tidemark two = stores.open(2);
    Tidemark part = narrow(one);
    assertThat(part.interest()).isEqualTo(SETS);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean died = new AtomicBoolean();
    Predicate<Frame> dies = frame -> death.at.test(frame) && died.compareAndSet(false, true);
    Pipe dying =
        new Pipe(
            frame -> {
              if (frame.hasWiderRequest()) {
                asked.countDown();
                await(goOn);
              }
              return !death.arrives && dies.test(frame);
            },
            frame -> death.arrives && dies.test(frame));
    connect(part, one, dying);
    await(asked);
    connect(one, two, new Pipe(NEVER, NEVER));
    connect(part, two, new Pipe(NEVER, NEVER));
    Stores.await(() -> registry(part).admitted().size() == 2, () -> "not connected");
    Stores.write(two, 2, 50);
    goOn.countDown();

    Stores.await(
        () -> died.get() && part.interest().equals(WIDER), () -> "holds " + part.interest());
    exchange(part, two);
    for (String prefix : List.of("set/", "count/")) {
      for (int key = 0; key < 5; key++) {
        assertThat(part.value(prefix + key)).isEqualTo(two.value(prefix + key));
      }
    }
  }

  /** Sessions end when a store comes to hold more, and nobody dials here. */
  private void exchange(Tidemark part, Tidemark two) {
    registries.values().forEach(Registry::close);
    try (Exchange there = new Exchange(part, two);
        Exchange here = new Exchange(two, part)) {
      there.pull();
      here.pull();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
