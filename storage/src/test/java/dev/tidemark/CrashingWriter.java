package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.nio.file.Path;

/** A process that writes numbered commits, says which ones it was told are in, and never ends. */
final class CrashingWriter {
  static final Schema SCHEMA =
      Schema.of("set:", Strategy.OR_SET)
          .and("count:", Strategy.G_COUNTER)
          .and("journal:", Strategy.JOURNAL);
  static final Options OPTIONS =
      Options.defaults().withOverlayBytes(128 << 10).withSegmentBytes(64 << 10);

  private CrashingWriter() {}

  /** One commit of several keys, from which a half of it would show. */
  static void write(Tidemark store, long number, Durability durability) {
    store.commit(
        durability,
        batch -> {
          batch.lwwRegister("last", Codec.int64()).set(number);
          batch.orSet("set:all", Codec.int64()).add(number);
          batch.gCounter("count:all").increment();
          batch.journal("journal:all", Codec.int64()).append(number);
        });
  }

  static long last(Tidemark store) {
    return store.lwwRegister("last", Codec.int64()).get().orElse(0L);
  }

  /** Arguments: the directory; then waits to be killed. */
  public static void main(String[] arguments) {
    Tidemark store = Tidemark.open(Path.of(arguments[0]), SCHEMA, OPTIONS);
    long first = last(store) + 1;
    for (long number = first; ; number++) {
      boolean synced = number % 16 == 0;
      write(store, number, synced ? Durability.SYNCED : Durability.BUFFERED);
      System.out.println(number);
      System.out.flush();
    }
  }
}
