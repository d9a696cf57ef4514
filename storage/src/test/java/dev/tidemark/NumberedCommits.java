package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import dev.tidemark.type.JournalEvent;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/**
 * Commits that tell, of a store that holds some of them, which: a half of one, a hole and a
 * repeated one all show.
 */
final class NumberedCommits {
  static final Schema SCHEMA =
      Schema.of("set:", Strategy.OR_SET)
          .and("count:", Strategy.G_COUNTER)
          .and("journal:", Strategy.JOURNAL);

  /** Small segments and a small overlay, so that much happens soon; synced when told to. */
  static final Options OPTIONS =
      Options.defaults()
          .withOverlayBytes(128 << 10)
          .withSegmentBytes(64 << 10)
          .withCompactionBytesPerSecond(0)
          .withCacheBytes(2 << 20)
          .withSyncInterval(Duration.ofHours(1));

  private static final int REGISTERS = 7;

  private NumberedCommits() {}

  /** One commit of several keys, one of which takes up room. */
  static long write(Tidemark store, long number, int padding, Durability durability) {
    return store.commit(
        durability,
        batch -> {
          batch.lwwRegister("last", Codec.int64()).set(number);
          batch.orSet("set:all", Codec.int64()).add(number);
          batch.gCounter("count:all").increment();
          batch.journal("journal:all", Codec.int64()).append(number);
          batch
              .lwwRegister("padded:" + number % REGISTERS, Codec.utf8())
              .set(number + "x".repeat(padding));
        });
  }

  /** The number of the newest commit that a store holds. */
  static long last(Tidemark store) {
    return store.lwwRegister("last", Codec.int64()).get().orElse(0L);
  }

  /** All commits up to a number, each once and whole, and nothing else. */
  static void expectExactly(Tidemark store, long last) {
    assertThat(last(store)).isEqualTo(last);
    assertThat(store.gCounter("count:all").value()).isEqualTo(last);
    List<Long> numbers = LongStream.rangeClosed(1, last).boxed().toList();
    assertThat(store.orSet("set:all", Codec.int64()).elements()).isEqualTo(numbers);
    assertThat(store.journal("journal:all", Codec.int64()).events())
        .extracting(JournalEvent::event)
        .isEqualTo(numbers);
    for (long number = last; number > Math.max(0, last - REGISTERS); number--) {
      assertThat(store.lwwRegister("padded:" + number % REGISTERS, Codec.utf8()).get())
          .hasValueSatisfying(startsWith(number));
    }
  }

  private static Consumer<String> startsWith(long number) {
    return text -> assertThat(text).matches(number + "x*");
  }
}
