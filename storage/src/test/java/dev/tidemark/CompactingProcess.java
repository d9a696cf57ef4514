package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import java.nio.file.Path;

/** A process that folds a log many times larger than its heap. */
final class CompactingProcess {
  private static final int VALUE_BYTES = 128 << 10;

  private CompactingProcess() {}

  static String value(int number) {
    return number + ":" + "v".repeat(VALUE_BYTES);
  }

  /** Arguments: the directory, and how many values to write. */
  public static void main(String[] arguments) {
    Options options =
        Options.defaults()
            .withOverlayBytes(6 << 20)
            .withCacheBytes(8 << 20)
            .withSegmentBytes(8 << 20)
            .withInlineLimit(Limits.MAX_VALUE_BYTES)
            .withCompactionBytesPerSecond(0);
    int values = Integer.parseInt(arguments[1]);
    try (Tidemark store = Tidemark.open(Path.of(arguments[0]), Schema.empty(), options)) {
      for (int number = 0; number < values; number++) {
        // In no order of theirs: each key twice, half a log apart.
        int key = (number * 7) % (values / 2);
        store.lwwRegister("k" + key, Codec.utf8()).set(value(number));
      }
      System.out.println(store.compact());
    }
  }
}
