package dev.tidemark.benchmarks.question;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;

/**
 * Keys of 12 bytes by number, and values of 100 bytes that do not compress. Keys are made when they
 * are asked for: 10^7 of them kept would be a heap for the collector to walk.
 */
final class Keys {
  private static final byte[] PREFIX = {'k', 'e', 'y', ':'};
  private static final int DIGITS = 8;
  private static final int VALUE_BYTES = 100;
  private static final int VALUES = 1 << 14;

  private static final byte[][] VALUE = values(VALUES, VALUE_BYTES);

  private Keys() {}

  /** The prefix of all keys. */
  static String prefix() {
    return "key:";
  }

  /** A key as RocksDB takes it. */
  static byte[] bytes(long number) {
    byte[] key = new byte[PREFIX.length + DIGITS];
    System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
    long rest = number;
    for (int at = key.length - 1; at >= PREFIX.length; at--) {
      key[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return key;
  }

  /** The same key as the store takes it. */
  static String string(long number) {
    return new String(bytes(number), StandardCharsets.ISO_8859_1);
  }

  /** One of some thousand values of 100 bytes. */
  static byte[] value(int call) {
    return VALUE[call & VALUES - 1];
  }

  /** Random values of a length, the same in each run. */
  static byte[][] values(int count, int length) {
    SplittableRandom random = new SplittableRandom(11);
    byte[][] values = new byte[count][length];
    for (byte[] value : values) {
      random.nextBytes(value);
    }
    return values;
  }

  /** Chooses among a number of keys, all of them as often; the same choice in each run. */
  static LongUnaryOperator uniform(long keys) {
    SplittableRandom random = new SplittableRandom(7);
    return call -> random.nextLong(keys);
  }

  /**
   * Chooses among a number of keys by Zipf's law with an exponent below 1, the popular ones spread
   * over the key space (Gray et al., Quickly generating billion-record synthetic databases, 1994).
   */
  static LongUnaryOperator zipfian(long keys, double exponent) {
    SplittableRandom random = new SplittableRandom(7);
    double zeta = 0;
    for (long i = 1; i <= keys; i++) {
      zeta += Math.pow((double) i, -exponent);
    }
    double total = zeta;
    double second = 1 + Math.pow(0.5, exponent);
    double eta = (1 - Math.pow(2.0 / keys, 1 - exponent)) / (1 - second / total);
    return call -> {
      double at = random.nextDouble();
      double weight = at * total;
      long rank =
          weight < 1
              ? 0
              : weight < second
                  ? 1
                  : (long) (keys * Math.pow(eta * at - eta + 1, 1 / (1 - exponent)));
      return Math.floorMod(Math.min(rank, keys - 1) * 0x9E3779B97F4A7C15L, keys);
    };
  }
}
