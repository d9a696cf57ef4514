package dev.tidemark.engine.commit;

import java.util.zip.CRC32C;

/**
 * The CRC32C of bytes of which some are not here, only their own CRC32C and their number. That of
 * two pieces is the first one's, multiplied by x to the power of the second one's bits, plus the
 * second one's, over GF(2) modulo the polynomial.
 */
final class Crc32cPieces {
  /** The polynomial, lowest power in the highest bit; that of x^32 is left out. */
  private static final int POLYNOMIAL = 0x82f63b78;

  /** x^0 in that order of bits. */
  private static final int ONE = 1 << 31;

  /** x^8: a byte. */
  private static final int BYTE = ONE >>> 8;

  private final CRC32C here = new CRC32C();
  private long bytesHere;
  private int crc;

  /** Goes on with bytes that are here. */
  void add(byte[] bytes, int offset, int length) {
    here.update(bytes, offset, length);
    bytesHere += length;
  }

  /** Goes on with bytes that are not. */
  void add(Withheld piece) {
    settle();
    append(piece.crc(), piece.length());
  }

  /** The CRC32C of all. */
  int value() {
    settle();
    return crc;
  }

  private void settle() {
    append((int) here.getValue(), bytesHere);
    here.reset();
    bytesHere = 0;
  }

  private void append(int next, long bytes) {
    crc = times(crc, power(bytes)) ^ next;
  }

  /** x to the power of the bits of so many bytes. */
  private static int power(long bytes) {
    int power = ONE;
    int square = BYTE;
    for (long rest = bytes; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        power = times(power, square);
      }
      square = times(square, square);
    }
    return power;
  }

  private static int times(int left, int right) {
    int product = 0;
    int shifted = right;
    for (int bit = ONE; bit != 0; bit >>>= 1) {
      if ((left & bit) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) != 0 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
    }
    return product;
  }
}
