package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import java.util.zip.CRC32C;

/**
 * The digest of a key: the sum, modulo 2^64, of one term for its head and one for each cell. A sum
 * can be kept up to date by taking the old term out and adding the new one, in any order. It tells
 * a lost or altered cell from an honest difference between two stores; it does not resist forgery.
 *
 * <pre>
 *   term = mix( CRC32C(kind u8, id length u32 LE, id, bytes) | bytes length << 32 )
 * </pre>
 */
public final class CellDigest {
  private CellDigest() {}

  /** The term of a head. */
  public static long ofHead(byte[] head) {
    return term(CellKey.HEAD, Bytes.EMPTY, head);
  }

  /** The term of a cell. */
  public static long ofCell(Bytes id, byte[] cell) {
    return term(CellKey.ELEMENT, id, cell);
  }

  private static long term(byte kind, Bytes id, byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(kind);
    int length = id.length();
    crc.update(length);
    crc.update(length >>> 8);
    crc.update(length >>> 16);
    crc.update(length >>> 24);
    crc.update(id.array());
    crc.update(bytes);
    return mix(crc.getValue() | (long) bytes.length << 32);
  }

  /**
   * The finaliser of SplitMix64: without it, terms of similar cells could cancel out in the sum.
   */
  private static long mix(long value) {
    long h = value + 0x9e3779b97f4a7c15L;
    h = (h ^ (h >>> 30)) * 0xbf58476d1ce4e5b9L;
    h = (h ^ (h >>> 27)) * 0x94d049bb133111ebL;
    return h ^ (h >>> 31);
  }
}
