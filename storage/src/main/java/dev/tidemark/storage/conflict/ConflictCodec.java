package dev.tidemark.storage.conflict;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Value;
import org.jspecify.annotations.Nullable;

/**
 * A conflict as bytes.
 *
 * <pre>
 *   number    varint
 *   position  varint
 *   key       bytes
 *   field     u8: 0 none, 1 bytes follow
 *   winner, loser, each:
 *     replica  u64
 *     sequence varint
 *     stamp    i64
 *     value    u8: 0 deleted, 1 bytes, 2 a large value's length and hash, 3 epoch and count
 *     seen     u8: 0 not known any more, 1 a vector follows
 * </pre>
 */
final class ConflictCodec {
  private static final int DELETED = 0;
  private static final int BYTES = 1;
  private static final int LARGE = 2;
  private static final int POINT = 3;

  private ConflictCodec() {}

  static void encode(Conflict conflict, ByteWriter out) {
    out.varint(conflict.number()).varint(conflict.position()).bytes(conflict.key());
    Bytes field = conflict.field();
    out.u8(field == null ? 0 : 1);
    if (field != null) {
      out.bytes(field);
    }
    encode(conflict.winner(), out);
    encode(conflict.loser(), out);
  }

  private static void encode(Conflict.Side side, ByteWriter out) {
    out.i64(side.operation().replica()).varint(side.operation().sequence()).i64(side.stamp());
    encode(side.value(), out);
    VersionVector seen = side.seen();
    out.u8(seen == null ? 0 : 1);
    if (seen != null) {
      seen.encode(out);
    }
  }

  private static void encode(@Nullable Value value, ByteWriter out) {
    if (value instanceof Value.Register register && register.value() != null) {
      out.u8(BYTES).bytes(register.value());
    } else if (value instanceof Value.Large large) {
      large.value().encode(out.u8(LARGE));
    } else if (value instanceof Value.Epoch epoch && epoch.point() != null) {
      out.u8(POINT).i64(epoch.point().epoch()).i64(epoch.point().count());
    } else {
      out.u8(DELETED);
    }
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws dev.tidemark.error.MalformedException if it did not
   */
  static Conflict decode(ByteReader in) {
    long number = in.varint();
    long position = in.varint();
    Bytes key = Bytes.wrap(in.bytes("key bytes", Limits.MAX_KEY_BYTES));
    Bytes field =
        isThere(in) ? Bytes.wrap(in.bytes("field bytes", Limits.MAX_ELEMENT_BYTES)) : null;
    Conflict conflict = new Conflict(number, position, key, field, side(in), side(in));
    in.expectEnd();
    return conflict;
  }

  private static Conflict.Side side(ByteReader in) {
    Dot operation = new Dot(in.i64(), in.varint());
    long stamp = in.i64();
    Value value = value(in);
    return new Conflict.Side(
        operation, stamp, value, isThere(in) ? VersionVector.decode(in) : null);
  }

  private static @Nullable Value value(ByteReader in) {
    int kind = in.u8();
    return switch (kind) {
      case DELETED -> null;
      case BYTES -> new Value.Register(Bytes.wrap(in.bytes("value bytes", Limits.MAX_VALUE_BYTES)));
      case LARGE -> new Value.Large(LargeValue.decode(in));
      case POINT -> new Value.Epoch(new Value.EpochCount(in.i64(), in.i64()));
      default -> throw in.malformed("conflict holds a value of no known kind");
    };
  }

  private static boolean isThere(ByteReader in) {
    int flag = in.u8();
    if (flag > 1) {
      throw in.malformed("conflict says neither yes nor no");
    }
    return flag == 1;
  }
}
