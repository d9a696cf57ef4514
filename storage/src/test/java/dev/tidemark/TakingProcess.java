package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.nio.file.Path;

/** A process that takes the state of a store whose log does not reach back. */
final class TakingProcess {
  static final Schema SCHEMA = Schema.empty();
  static final Options OPTIONS =
      Options.defaults().withCompactionBytesPerSecond(0).withInlineLimit(Limits.MAX_VALUE_BYTES);
  static final int KEYS = 24;
  static final String OWN = "own";

  private TakingProcess() {}

  /** Arguments: the directory of the other store, and its own. */
  public static void main(String[] arguments) {
    try (Tidemark from = Tidemark.open(Path.of(arguments[0]), SCHEMA, OPTIONS.withReplicaId(1));
        Tidemark to = Tidemark.open(Path.of(arguments[1]), SCHEMA, OPTIONS.withReplicaId(2))) {
      to.commit(Durability.SYNCED, batch -> batch.lwwRegister(OWN, Codec.utf8()).set("kept"));
      try (Exchange exchange = new Exchange(from, to)) {
        exchange.pull();
      }
    }
  }
}
