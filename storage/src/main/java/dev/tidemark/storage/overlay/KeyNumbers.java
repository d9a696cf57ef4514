package dev.tidemark.storage.overlay;

import java.util.Arrays;

/**
 * How some bytes of keys, from an offset on, become numbers in the same order. At each place a byte
 * counts as itself and 1, and the end of a key as 0; a number has a digit a place, in a base of as
 * many as there are from the least that occurs there to the greatest.
 */
final class KeyNumbers {
  private final int from;
  private final int[] least;
  private final int[] bases;
  private final boolean one;

  private KeyNumbers(int from, int[] least, int[] bases, boolean one) {
    this.from = from;
    this.least = least;
    this.bases = bases;
    this.one = one;
  }

  /**
   * Takes as many places as there are numbers for.
   *
   * @param from the offset of the first
   * @param least what occurs there, for each place
   * @param greatest the same
   * @param numbers how many numbers there are, more than one place needs
   */
  static KeyNumbers of(int from, int[] least, int[] greatest, long numbers) {
    int[] bases = new int[least.length];
    long taken = 1;
    int places = 0;
    while (places < least.length) {
      int base = greatest[places] - least[places] + 1;
      if (taken > numbers / base) {
        break;
      }
      bases[places] = base;
      taken *= base;
      places++;
    }
    return new KeyNumbers(from, least, Arrays.copyOf(bases, places), taken == 1);
  }

  int from() {
    return from;
  }

  /** How many places. */
  int bytes() {
    return bases.length;
  }

  /** Whether all keys have the same bytes there. */
  boolean areOne() {
    return one;
  }

  /** A number with one more digit. */
  long append(long number, int place, int symbol) {
    return number * bases[place] + symbol - least[place];
  }
}
