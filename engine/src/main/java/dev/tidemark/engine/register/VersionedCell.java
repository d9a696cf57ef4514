package dev.tidemark.engine.register;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.stability.Floor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A value, or a tombstone, under the version that wrote it.
 *
 * <pre>
 *   0       8         16
 *   +-------+---------+----------+------+-----------+
 *   | stamp | replica | sequence | kind | value ... |    kind 0: a value follows, to the end
 *   | i64   | u64     | varint   | u8   |           |    kind 1: a tombstone, nothing follows
 *   +-------+---------+----------+------+-----------+
 * </pre>
 *
 * Cells are totally ordered: by version, then tombstone above value, then by bytes. The join is the
 * greater one, so not even two cells forged under one version can make two stores differ.
 */
public record VersionedCell(Version version, @Nullable Bytes value)
    implements Comparable<VersionedCell> {
  private static final int VALUE = 0;
  private static final int TOMBSTONE = 1;

  /** The bytes of a value. */
  public static byte[] encode(Version version, @Nullable Bytes value) {
    ByteWriter out = new ByteWriter(26 + (value == null ? 0 : value.length()));
    encodeVersion(version, out);
    if (value == null) {
      out.u8(TOMBSTONE);
    } else {
      out.u8(VALUE).raw(value.array());
    }
    return out.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static VersionedCell decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    Version version = decodeVersion(in);
    int kind = in.u8();
    if (kind == TOMBSTONE) {
      in.expectEnd();
      return new VersionedCell(version, null);
    }
    if (kind != VALUE || in.remaining() > Limits.MAX_VALUE_BYTES) {
      throw in.malformed("versioned cell is of no known kind, or too long");
    }
    return new VersionedCell(version, Bytes.wrap(in.rest()));
  }

  /** Writes stamp, replica, sequence. */
  public static void encodeVersion(Version version, ByteWriter out) {
    out.i64(version.stamp()).i64(version.replica()).varint(version.sequence());
  }

  /** Reads what {@link #encodeVersion} wrote. */
  public static Version decodeVersion(ByteReader in) {
    Version version = new Version(in.i64(), in.i64(), in.varint());
    if (version.stamp() < 1 || version.replica() == 0 || version.sequence() < 1) {
      throw in.malformed("version is out of range");
    }
    return version;
  }

  /** Whether this is a tombstone. */
  public boolean isTombstone() {
    return value == null;
  }

  /** The greater of two encoded cells, null being below all. */
  public static byte @Nullable [] join(byte @Nullable [] left, byte @Nullable [] right) {
    if (left == null || left.length == 0) {
      return right;
    }
    if (right == null || right.length == 0) {
      return left;
    }
    return compare(left, right) >= 0 ? left : right;
  }

  /** Whether a cell is of a version that a floor covers, without a copy of its value. */
  public static boolean isCovered(byte[] cell, Floor floor) {
    return cell.length != 0 && new ByteReader(cell).i64() <= floor.horizon();
  }

  /** Whether a cell is a tombstone of a version that a floor covers. */
  public static boolean isForgettable(byte[] cell, Floor floor) {
    return isCovered(cell, floor) && decode(cell).isTombstone();
  }

  /**
   * Whether a held cell is overridden by a state that has forgotten by what: the floor of that one
   * covers it, and it is not what that one holds.
   */
  public static boolean isConceded(byte[] held, byte @Nullable [] theirs, Floor floor) {
    return isCovered(held, floor)
        && (theirs == null || theirs.length == 0 || compare(held, theirs) > 0);
  }

  private static int compare(byte[] left, byte[] right) {
    // Stamp and replica decide between any two honest cells, without a copy of either value.
    ByteReader l = new ByteReader(left);
    ByteReader r = new ByteReader(right);
    int order = Long.compare(l.i64(), r.i64());
    if (order == 0) {
      order = Long.compareUnsigned(l.i64(), r.i64());
    }
    return order != 0 ? order : decode(left).compareTo(decode(right));
  }

  /** What became of it where another is held in its place. */
  public Fate fateBeside(VersionedCell held) {
    int order = compareTo(held);
    if (order < 0) {
      return Fate.lost(Rule.NEWEST_VERSION, held.version.dot());
    }
    if (order > 0) {
      return Fate.forgotten();
    }
    return isTombstone() ? Fate.held(Rule.TAKES_WHAT_IS_OLDER) : Fate.stands(Rule.NEWEST_VERSION);
  }

  @Override
  public int compareTo(VersionedCell other) {
    int order = version.compareTo(other.version);
    if (order != 0) {
      return order;
    }
    if (value == null || other.value == null) {
      return Boolean.compare(value == null, other.value == null);
    }
    return Arrays.compareUnsigned(value.array(), other.value.array());
  }
}
