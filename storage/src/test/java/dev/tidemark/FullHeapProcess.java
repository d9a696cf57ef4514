package dev.tidemark;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process whose application fills its heap, and goes on writing: memory runs out anywhere inside
 * the store. It says which commits it was told are in, and ends without a close.
 */
final class FullHeapProcess {
  static final Schema SCHEMA = Schema.of("set:", Strategy.OR_SET);
  static final Options OPTIONS =
      Options.defaults().withOverlayBytes(8 << 20).withCacheBytes(4 << 20);

  private static final int WITH_ROOM = 100;
  private static final int AFTER_THE_FIRST_FAILURE = 25;

  /** How little room is left for an update the collector decides: it may find some many times. */
  private static final int MOST = 4_000;

  private static final byte[][] BALLAST = new byte[1 << 16][];

  private FullHeapProcess() {}

  /** The next commit: a half of it would show. */
  static void write(Tidemark store, long number) {
    store.commit(
        number % 16 == 0 ? Durability.SYNCED : Durability.BUFFERED,
        batch -> {
          batch.lwwRegister("first", Codec.utf8()).set(number + ":" + "x".repeat(500));
          batch.orSet("set:all", Codec.int64()).add(number);
          batch.lwwRegister("last", Codec.int64()).set(number);
        });
  }

  /** Arguments: the directory, and how many bytes of the heap are left free. */
  public static void main(String[] arguments) {
    List<Integer> acknowledged = new ArrayList<>(MOST);
    int failures = 0;
    int refusals = 0;
    try (Tidemark store = Tidemark.open(Path.of(arguments[0]), SCHEMA, OPTIONS)) {
      int filled = 0;
      int last = MOST;
      for (int number = 1; number <= last; number++) {
        if (number == WITH_ROOM) {
          filled = fill(Integer.parseInt(arguments[1]));
        }
        try {
          write(store, number);
          acknowledged.add(number);
        } catch (StorePoisonedException e) {
          refusals++;
        } catch (OutOfMemoryError e) {
          failures++;
        }
        if (last == MOST && failures + refusals > 0) {
          last = number + AFTER_THE_FIRST_FAILURE;
        }
      }
      empty(filled);
      for (int number : acknowledged) {
        System.out.println(number + ".");
      }
      System.out.println("failed " + failures + ", refused " + refusals);
      System.out.flush();
      Runtime.getRuntime().halt(0);
    }
  }

  /** Takes the whole heap, then gives back the least number of bytes that was asked for. */
  private static int fill(int free) {
    int filled = 0;
    for (int size = 64 << 10; size >= 1024; size /= 8) {
      try {
        while (true) {
          BALLAST[filled] = new byte[size];
          filled++;
        }
      } catch (OutOfMemoryError full) {
        // Then with smaller pieces.
      }
    }
    for (int given = 0; given < free; filled--) {
      given += BALLAST[filled - 1].length;
      BALLAST[filled - 1] = null;
    }
    return filled;
  }

  private static void empty(int filled) {
    for (int i = 0; i < filled; i++) {
      BALLAST[i] = null;
    }
  }
}
