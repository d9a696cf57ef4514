package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import java.util.Arrays;

/**
 * The storage key of a record: which key it belongs to, and whether it is its head or one of its
 * cells.
 *
 * <pre>
 *   escape(key)   each byte of the key, 0x00 written as 0x00 0xFF
 *   0x00 0x01     end of the key
 *   kind          0x00 head, 0x01 element cell
 *   cell id       element cell only: raw bytes up to the end
 * </pre>
 *
 * Bytes sort as (key, kind, cell id) do: the end of a key is below whatever a longer key has in its
 * place, which is at least 0x00 0xFF or 0x01. A key's records are therefore neighbours, head first.
 *
 * @param key the key
 * @param kind {@link #HEAD} or {@link #ELEMENT}
 * @param cellId the id of the cell; empty for a head
 */
record CellKey(Bytes key, byte kind, Bytes cellId) {
  static final byte HEAD = 0x00;
  static final byte ELEMENT = 0x01;

  private static final byte PAST_ELEMENTS = 0x02;
  private static final byte ZERO = 0x00;
  private static final byte ZERO_IN_KEY = (byte) 0xff;
  private static final byte END_OF_KEY = 0x01;

  /** The key as its records begin, but for its end: where a range of keys starts or stops. */
  static byte[] escape(Bytes key) {
    return escape(key.array(), 0);
  }

  /** What all records of a key begin with. */
  static byte[] stem(Bytes key) {
    byte[] stem = escape(key.array(), 2);
    stem[stem.length - 2] = ZERO;
    stem[stem.length - 1] = END_OF_KEY;
    return stem;
  }

  /** The storage key of the head. */
  static byte[] head(byte[] stem) {
    return withKind(stem, HEAD);
  }

  /** The storage key of a cell. */
  static byte[] cell(byte[] stem, Bytes id) {
    byte[] bytes = Arrays.copyOf(stem, stem.length + 1 + id.length());
    bytes[stem.length] = ELEMENT;
    System.arraycopy(id.array(), 0, bytes, stem.length + 1, id.length());
    return bytes;
  }

  /** The first bytes above every cell of the key and below every other key. */
  static byte[] pastCells(byte[] stem) {
    return withKind(stem, PAST_ELEMENTS);
  }

  /** The id of the cell a storage key names, given the stem it is known to have. */
  static Bytes idOf(byte[] stem, byte[] storageKey) {
    return Bytes.wrap(Arrays.copyOfRange(storageKey, stem.length + 1, storageKey.length));
  }

  /** Whether a storage key belongs to the key of the stem. */
  static boolean hasStem(byte[] storageKey, byte[] stem) {
    return hasStem(storageKey, storageKey.length, stem, stem.length);
  }

  /** The same of the first bytes of arrays. */
  static boolean hasStem(byte[] storageKey, int length, byte[] stem, int stemLength) {
    return length > stemLength && Arrays.equals(storageKey, 0, stemLength, stem, 0, stemLength);
  }

  /** The bytes of this storage key. */
  byte[] encode() {
    return kind == HEAD ? head(stem(key)) : cell(stem(key), cellId);
  }

  /** Reads what {@link #encode} wrote. */
  static CellKey decode(byte[] bytes) {
    return decode(bytes, bytes.length);
  }

  /** Reads it from the first bytes of an array. */
  static CellKey decode(byte[] array, int length) {
    int end = 0;
    int zeros = 0;
    while ((end < length && array[end] != ZERO) || isZeroInKey(array, length, end)) {
      zeros += array[end] == ZERO ? 1 : 0;
      end += array[end] == ZERO ? 2 : 1;
    }
    if (end == length) {
      throw malformed("storage key has no end of key", array, length, end);
    }
    if (end + 1 == length || array[end + 1] != END_OF_KEY) {
      throw malformed("storage key has a bad escape", array, length, end);
    }
    return decodeKind(unescape(array, end, zeros), array, length, end + 2);
  }

  private static boolean isZeroInKey(byte[] array, int length, int at) {
    return at + 1 < length && array[at] == ZERO && array[at + 1] == ZERO_IN_KEY;
  }

  private static Bytes unescape(byte[] array, int end, int zeros) {
    byte[] key = Arrays.copyOf(array, end - zeros);
    if (zeros > 0) {
      int from = 0;
      for (int to = 0; to < key.length; to++) {
        key[to] = array[from];
        from += array[from] == ZERO ? 2 : 1;
      }
    }
    return Bytes.wrap(key);
  }

  private static CellKey decodeKind(Bytes key, byte[] array, int length, int at) {
    int left = length - at;
    if (left == 1 && array[at] == HEAD) {
      return new CellKey(key, HEAD, Bytes.EMPTY);
    }
    if (left >= 1 && array[at] == ELEMENT) {
      Bytes id = Bytes.wrap(Arrays.copyOfRange(array, at + 1, length));
      return new CellKey(key, ELEMENT, id);
    }
    throw malformed("storage key is neither head nor cell", array, length, at);
  }

  private static byte[] escape(byte[] key, int room) {
    int zeros = 0;
    for (byte b : key) {
      if (b == ZERO) {
        zeros++;
      }
    }
    byte[] escaped = Arrays.copyOf(key, key.length + zeros + room);
    if (zeros > 0) {
      int at = 0;
      for (byte b : key) {
        escaped[at++] = b;
        if (b == ZERO) {
          escaped[at++] = ZERO_IN_KEY;
        }
      }
    }
    return escaped;
  }

  private static byte[] withKind(byte[] stem, byte kind) {
    byte[] bytes = Arrays.copyOf(stem, stem.length + 1);
    bytes[stem.length] = kind;
    return bytes;
  }

  private static MalformedException malformed(String title, byte[] array, int length, int offset) {
    return new MalformedException(
        Problem.of(title)
            .with("storageKey", Bytes.wrap(Arrays.copyOf(array, length)))
            .with("offset", offset));
  }
}
