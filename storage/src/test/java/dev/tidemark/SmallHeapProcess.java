package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import java.nio.file.Path;

/** A process that writes, replays and scans many times more than its heap holds. */
final class SmallHeapProcess {
  private static final int KEYS = 300;
  private static final int VALUE_BYTES = 128 << 10;
  private static final Options OPTIONS =
      Options.defaults()
          .withOverlayBytes(6 << 20)
          .withCacheBytes(8 << 20)
          .withInlineLimit(Limits.MAX_VALUE_BYTES);

  private SmallHeapProcess() {}

  private static String value(long number) {
    return number + ":" + "v".repeat(VALUE_BYTES);
  }

  /**
   * Arguments: the directory, the first and the last number to write; checks what is there before
   * it writes, and ends without a close.
   */
  public static void main(String[] arguments) {
    long first = Long.parseLong(arguments[1]);
    long last = Long.parseLong(arguments[2]);
    Tidemark store = Tidemark.open(Path.of(arguments[0]), Schema.empty(), OPTIONS);
    System.out.println("replayed " + store.recovery().replayedCommits());
    check(store, first - 1);
    for (long number = first; number <= last; number++) {
      store.lwwRegister("k" + number % KEYS, Codec.utf8()).set(value(number));
    }
    check(store, last);
    System.out.println("written " + last);
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  /** Each key has the newest of its numbers, seen by a scan and by a read. */
  private static void check(Tidemark store, long last) {
    long found = 0;
    try (Scan scan = store.scan("k")) {
      for (String key = scan.nextKey(); key != null; key = scan.nextKey()) {
        long rest = Long.parseLong(key.substring(1));
        long newest = last - Math.floorMod(last - rest, KEYS);
        String held = store.lwwRegister(key, Codec.utf8()).get().orElseThrow();
        if (!held.equals(value(newest))) {
          throw new AssertionError(key + " is not " + newest + ": " + held.substring(0, 20));
        }
        found++;
      }
    }
    if (found != Math.min(KEYS, last)) {
      throw new AssertionError(found + " keys after " + last);
    }
  }
}
