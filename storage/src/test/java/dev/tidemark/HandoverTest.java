package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What one store gives another when its log is folded, or does not reach back any more. */
class HandoverTest {
  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private Tidemark from;
  private Tidemark to;

  @BeforeEach
  void open() {
    from = open("from", 1);
    to = open("to", 2);
  }

  private Tidemark open(String name, long replica) {
    Options options =
        Options.defaults()
            .withReplicaId(replica)
            .withClock(() -> 1_000_000)
            .withCompactionBytesPerSecond(0)
            // A log that was cut without a snapshot would be cut again by itself.
            .withRetention(Retention.byCommandOnly());
    return audit.open(dir.resolve(name), EveryStrategy.SCHEMA, options);
  }

  private static void write(Tidemark store, long seed, int updates) {
    Random random = new Random(seed);
    for (int i = 0; i < updates; i++) {
      Strategy strategy = Strategy.values()[random.nextInt(Strategy.values().length)];
      store.update(
          EveryStrategy.key(strategy, random.nextInt(3)),
          EveryStrategy.update(strategy, random.nextInt(24), random.nextInt(6), i));
    }
  }

  private static void expectEqual(Tidemark a, Tidemark b) {
    assertThat(b.vector()).isEqualTo(a.vector());
    for (Strategy strategy : Strategy.values()) {
      for (int number = 0; number < 3; number++) {
        String key = EveryStrategy.key(strategy, number);
        assertThat(b.value(key)).as(key).isEqualTo(a.value(key));
      }
    }
  }

  @Test
  void aFoldedLogIsHandedOverAsOneRun() {
    write(from, 1, 200);
    ForcedFold.foldAll(from);

    assertThat(pull(from, to)).isEqualTo(1);
    expectEqual(from, to);
    assertThat(to.status().appendedPosition()).isEqualTo(1);
    assertThat(pull(from, to)).isZero();
  }

  @Test
  void aLogThatDoesNotReachBackIsReplacedByTheState() {
    write(from, 1, 200);
    ForcedFold.truncateAll(from);
    write(from, 2, 20);

    assertThat(pull(from, to)).isEqualTo(21);
    expectEqual(from, to);
    assertThat(pull(from, to)).isZero();
  }

  @Test
  void whoHasSeenWhatWasCutGoesOnWithTheLog() {
    write(from, 1, 50);
    pull(from, to);
    ForcedFold.truncateAll(from);
    write(from, 2, 20);

    assertThat(pull(from, to)).isEqualTo(20);
    assertThat(to.log().segments()).noneMatch(segment -> segment.isFolded());
    expectEqual(from, to);
  }

  @Test
  void aStateIsJoinedWithWhatWasWrittenMeanwhile() {
    write(from, 1, 200);
    write(to, 2, 200);
    ForcedFold.truncateAll(from);
    ForcedFold.truncateAll(to);

    pull(from, to);
    pull(to, from);
    expectEqual(from, to);
  }

  /** Else each store that got a whole state would hand the whole of it on. */
  @Test
  void onlyWhatIsNewOfAStateIsLogged() {
    write(from, 1, 500);
    pull(from, to);
    from.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).add("news");
    ForcedFold.truncateAll(from);

    assertThat(pull(from, to)).isEqualTo(1);
    to.roll();
    var run = to.log().segments().stream().filter(segment -> segment.isFolded()).toList();
    assertThat(run).hasSize(1);
    assertThat(run.get(0).bytes()).isLessThan(600);
    assertThat(run.get(0).coverage())
        .singleElement()
        .satisfies(of -> assertThat(of.before()).isEqualTo(500))
        .satisfies(of -> assertThat(of.after()).isEqualTo(501));
    expectEqual(from, to);
  }

  @Test
  void aStoreThatGotAStatePassesItOn() {
    Tidemark third = open("third", 3);
    write(from, 1, 200);
    ForcedFold.truncateAll(from);
    pull(from, to);
    write(to, 2, 10);

    pull(to, third);
    expectEqual(to, third);
    write(third, 3, 10);
    pull(third, from);
    expectEqual(third, from);
  }

  @Test
  void anOpenExchangeGoesOnWithAStateWhenTheLogIsCutAhead() {
    try (Exchange exchange = new Exchange(from, to)) {
      write(from, 1, 20);
      exchange.pull();
      from.roll();
      write(from, 2, 20);
      ForcedFold.truncateAll(from);
      write(from, 3, 5);

      assertThat(exchange.pull()).isEqualTo(6);
      expectEqual(from, to);
    }
  }

  @Test
  void aRunIsThereAfterAnOpen() {
    write(from, 1, 200);
    ForcedFold.truncateAll(from);
    pull(from, to);
    to.close();

    Tidemark again = open("to", 2);
    expectEqual(from, again);
    again.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).add("more");
    pull(again, from);
    expectEqual(again, from);
  }
}
