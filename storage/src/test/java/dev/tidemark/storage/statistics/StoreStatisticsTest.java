package dev.tidemark.storage.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.statistics.LogStatistics.HotKey;
import dev.tidemark.storage.statistics.StateStatistics.Tally;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreStatisticsTest {
  private static final Schema SCHEMA =
      Schema.of("s:", Strategy.OR_SET).and("m:", Strategy.LWW_MAP).and("e:", Strategy.EPOCH_MAX);

  private final AtomicLong positions = new AtomicLong();
  private final AtomicLong keys = new AtomicLong();

  @TempDir private Path dir;

  private static Options options(long replica) {
    return Options.defaults().withReplicaId(replica).withClock(() -> 1_000);
  }

  private StoreStatistics statistics(Path store) {
    return StoreStatistics.of(
        store,
        new StoreStatistics.Listener() {
          @Override
          public void position(long position, long last) {
            positions.incrementAndGet();
            assertThat(position).isLessThanOrEqualTo(last);
          }

          @Override
          public void key(long number) {
            keys.set(number);
          }
        });
  }

  private static Update add(String element) {
    return new Update.Add(Bytes.utf8(element));
  }

  private static Update put(String field, String value) {
    return new Update.PutField(Bytes.utf8(field), Bytes.utf8(value));
  }

  @Test
  void countsWhatLogAndStateHold() {
    Path store = dir.resolve("store");
    try (Tidemark open = Tidemark.open(store, SCHEMA, options(7))) {
      open.update("s:1", add("a"));
      open.update("s:1", add("b"));
      open.update("s:1", new Update.Delete());
      open.update("m:1", put("f", "1"));
      open.update("m:1", put("g", "2"));
      open.update("m:1", new Update.Remove(Bytes.utf8("f")));
      open.update("r", new Update.SetValue(Bytes.utf8("x")));
      open.update("gone", new Update.Delete());
      open.update("e:1", new Update.PutEpoch(5, 5));
      open.update("e:1", new Update.PutEpoch(4, 4));
    }
    StoreStatistics statistics = statistics(store);

    assertThat(positions).hasValue(10);
    assertThat(keys).hasValue(5);
    LogStatistics log = statistics.log();
    assertThat(log.commits()).isEqualTo(10);
    assertThat(log.operations()).isEqualTo(10);
    assertThat(log.keys()).isEqualTo(5);
    assertThat(log.bytes()).isEqualTo(statistics.diskBytes().get("log") - catalogueBytes(store));
    assertThat(log.foldableBytes()).isEqualTo(log.bytes() / 2);
    assertThat(log.hottest().subList(0, 2))
        .containsExactlyInAnyOrder(
            new HotKey(Bytes.utf8("s:1"), 3, 0), new HotKey(Bytes.utf8("m:1"), 3, 0));
    StateStatistics state = statistics.state();
    assertThat(state.keys()).isEqualTo(5);
    assertThat(state.present()).isEqualTo(3);
    assertThat(state.liveCells()).isEqualTo(1);
    assertThat(state.remains().keySet())
        .containsExactlyInAnyOrder(
            Remains.Kind.TOMBSTONE, Remains.Kind.RESERVE, Remains.Kind.CONTEXT);
    // The field f, and the register that was deleted.
    assertThat(state.remains().get(Remains.Kind.TOMBSTONE)).extracting(Tally::count).isEqualTo(2L);
    assertThat(state.collectableBytes())
        .isEqualTo(
            state.remains().values().stream().mapToLong(Tally::bytes).sum()
                + "s:1".length()
                + "gone".length());
    assertThat(statistics.amplification())
        .isEqualTo((double) statistics.totalBytes() / state.valueBytes());
  }

  private static long catalogueBytes(Path store) {
    return store.resolve("log").resolve("CATALOGUE").toFile().length();
  }

  @Test
  void tellsHowFarOthersAreBehind() {
    Path store = dir.resolve("a");
    try (Tidemark a = Tidemark.open(store, SCHEMA, options(1));
        Tidemark b = Tidemark.open(dir.resolve("b"), SCHEMA, options(2))) {
      a.update("s:1", add("x"));
      new Exchange(a, b).pull();
      b.update("s:1", add("y"));
      new Exchange(b, a).pull();
      a.update("s:1", add("z"));
      // While it is open, with operations that the state does not hold yet.
      StoreStatistics statistics = statistics(store);

      assertThat(statistics.origins())
          .extracting(OriginStatistics::replica)
          .containsExactly(1L, 2L);
      assertThat(statistics.origins())
          .extracting(OriginStatistics::sequence)
          .containsExactly(2L, 1L);
      assertThat(statistics.origins()).extracting(OriginStatistics::behind).containsExactly(0L, 1L);
    }
  }
}
