package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import java.nio.charset.StandardCharsets;

/**
 * The rows of the default column family, which says what the others hold and how far they got. They
 * change only in the batch that changes the cells they speak of.
 *
 * <pre>
 *   "format"                   u8       version of all layouts of this package
 *   "schema"                   schema   every prefix and its strategy
 *   "applied"                  u64 LE   log position up to which the state is folded
 *   "store"                    16 bytes the store's id
 *   "replica"                  u64 LE   the replica id of the open that claimed the state last
 *   "clock"                    u64 LE   greatest stamp folded
 *   "origin/" replica u64 BE   row      {@link OriginRow}, in unsigned replica order
 *   "midway"                   u64 LE   last position of what is folded in part, else absent
 *   "floor"                    row      {@link Floor} that heads are lowered to at most, or absent
 *   "swept"                    row      {@link Floor} below which all is forgotten, or absent
 *   "interest"                 row      {@link Interest}: the keys that are held, or absent for all
 *   "freed"                    row      {@link Interest}: of keys outside it nothing is left; absent
 *                                       where nothing was removed of any that were let go of
 * </pre>
 */
final class MetaLayout {
  static final int FORMAT_VERSION = 1;

  static final byte[] FORMAT = ascii("format");
  static final byte[] SCHEMA = ascii("schema");
  static final byte[] STORE = ascii("store");
  static final byte[] REPLICA = ascii("replica");
  static final byte[] APPLIED = ascii("applied");
  static final byte[] CLOCK = ascii("clock");
  static final byte[] MIDWAY = ascii("midway");
  static final byte[] FLOOR = ascii("floor");
  static final byte[] SWEPT = ascii("swept");
  static final byte[] INTEREST = ascii("interest");
  static final byte[] FREED = ascii("freed");
  static final byte[] FIRST_ORIGIN = ascii("origin/");
  static final byte[] PAST_ORIGINS = ascii("origin0");

  private MetaLayout() {}

  static byte[] origin(long replica) {
    return new ByteWriter(FIRST_ORIGIN.length + Long.BYTES)
        .raw(FIRST_ORIGIN)
        .i64BigEndian(replica)
        .toByteArray();
  }

  static long replica(byte[] originKey) {
    ByteReader in =
        new ByteReader(originKey, FIRST_ORIGIN.length, originKey.length - FIRST_ORIGIN.length);
    long replica = in.i64BigEndian();
    in.expectEnd();
    return replica;
  }

  static byte[] number(long value) {
    return new ByteWriter(16).i64(value).toByteArray();
  }

  static long number(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    long value = in.i64();
    in.expectEnd();
    return value;
  }

  static byte[] format() {
    return new byte[] {FORMAT_VERSION};
  }

  private static byte[] ascii(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
