package dev.tidemark.benchmarks.question;

import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Names under a prefix, asked for at random; made before the clock runs. */
final class Names {
  private final String[] names;
  private final int[] order;

  Names(String prefix, int count, int calls) {
    names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = prefix + i;
    }
    SplittableRandom random = new SplittableRandom(7);
    order = new int[calls];
    for (int i = 0; i < calls; i++) {
      order[i] = random.nextInt(count);
    }
  }

  int calls() {
    return order.length;
  }

  String at(int call) {
    return names[order[call]];
  }

  /** The names from a call on, by their distance from it. */
  IntFunction<String> from(int call) {
    return distance -> at(call + distance);
  }

  /** A value of 100 bytes that compresses no better than text does. */
  static byte[] value(int seed) {
    byte[] value = new byte[100];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) ('a' + random.nextInt(16));
    }
    return value;
  }
}
