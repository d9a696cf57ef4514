package dev.tidemark;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** A process that writes, reads, replaces and sweeps large values. */
final class LargeProcess {
  static final Schema SCHEMA = Schema.empty();
  static final Options OPTIONS =
      Options.defaults().withCompactionBytesPerSecond(0).withRetention(Retention.byCommandOnly());

  private LargeProcess() {}

  /** Bytes that nothing compresses, and that the seed tells again. */
  static InputStream content(long seed, long length) {
    return new InputStream() {
      private long state = seed;
      private long left = length;

      /** As drawn by a Random, but a hundred million of them in no time. */
      private int next() {
        state = state * 6364136223846793005L + 1442695040888963407L;
        return (int) (state >>> 56);
      }

      @Override
      public int read() {
        return left-- > 0 ? next() : -1;
      }

      @Override
      public int read(byte[] into, int offset, int count) {
        if (left <= 0) {
          return -1;
        }
        int step = (int) Math.min(left, count);
        // Drawn byte by byte the same: a reader may ask for other portions.
        for (int i = 0; i < step; i++) {
          into[offset + i] = (byte) next();
        }
        left -= step;
        return step;
      }
    };
  }

  static void expectSame(InputStream actual, InputStream expected) throws IOException {
    byte[] a = new byte[1 << 16];
    byte[] b = new byte[1 << 16];
    while (true) {
      int n = actual.readNBytes(a, 0, a.length);
      int m = expected.readNBytes(b, 0, b.length);
      if (n != m || !java.util.Arrays.equals(a, 0, n, b, 0, m)) {
        throw new AssertionError("not what was written");
      }
      if (n == 0) {
        return;
      }
    }
  }

  /** Arguments: the directory, and the length of each value. Says what is done, step by step. */
  public static void main(String[] arguments) throws IOException {
    long length = Long.parseLong(arguments[1]);
    try (Tidemark store = Tidemark.open(Path.of(arguments[0]), SCHEMA, OPTIONS)) {
      LargeValues large = store.largeValues();
      store.awaitSynced(large.put("a", content(1, length)));
      say("a 1");
      store.awaitSynced(large.put("b", content(2, length)));
      say("b 2");
      try (InputStream in = large.read("a").orElseThrow()) {
        expectSame(in, content(1, length));
      }
      store.awaitSynced(large.put("a", content(3, length)));
      say("a 3");
      store.compact();
      say("swept " + large.sweep().removed());
    }
  }

  private static void say(String what) {
    System.out.println(what);
    System.out.flush();
  }
}
