package dev.tidemark.storage.fault;

import java.util.SplittableRandom;

/**
 * What decides what the disk has of all that was not forced.
 *
 * @param random draws
 * @param ofWriteBack how likely a piece of a file, or a change of a name, is there
 * @param tornAt the bytes of a piece: a sector of a disk, or a page of the kernel
 */
public record Chance(SplittableRandom random, double ofWriteBack, int tornAt) {
  private static final int SECTOR_BYTES = 512;

  /** Anything from nothing to all, in sectors or in pages. */
  public static Chance draw(SplittableRandom random) {
    double[] shares = {0, 0.1, 0.5, 0.9, 1};
    return new Chance(
        random,
        shares[random.nextInt(shares.length)],
        random.nextBoolean() ? SECTOR_BYTES : Content.PAGE_BYTES);
  }

  /** Nothing that was not forced. */
  public static Chance none() {
    return new Chance(new SplittableRandom(0), 0, Content.PAGE_BYTES);
  }

  boolean isThere() {
    return random.nextDouble() < ofWriteBack;
  }

  /** One of two lengths, or one in between. */
  long between(long a, long b) {
    if (random.nextBoolean()) {
      return isThere() ? b : a;
    }
    return random.nextLong(Math.min(a, b), Math.max(a, b) + 1);
  }
}
