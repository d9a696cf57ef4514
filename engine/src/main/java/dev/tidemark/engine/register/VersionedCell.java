package dev.tidemark.engine.register;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.Loss;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.stability.Floor;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value, a large value that lies elsewhere, or a tombstone, under the version that wrote it.
 *
 * <pre>
 *   0       8         16
 *   +-------+---------+----------+------+-----------+
 *   | stamp | replica | sequence | kind | value ... |    kind 0: a value follows, to the end
 *   | i64   | u64     | varint   | u8   |           |    kind 1: a tombstone, nothing follows
 *   +-------+---------+----------+------+-----------+    kind 2: a {@link LargeValue} follows
 * </pre>
 *
 * Cells are totally ordered: by version, then tombstone above large value above value, then by
 * bytes, a large value by length and root. The join is the greater one, so not even two cells
 * forged under one version can make two stores differ.
 *
 * @param value the value, or null
 * @param large the large value, or null; both are null in a tombstone
 */
public record VersionedCell(Version version, @Nullable Bytes value, @Nullable LargeValue large)
    implements Comparable<VersionedCell> {
  private static final int VALUE = 0;
  private static final int TOMBSTONE = 1;
  private static final int LARGE = 2;

  /** The bytes of a value, or of a tombstone. */
  public static byte[] encode(Version version, @Nullable Bytes value) {
    int length = value == null ? 0 : value.length();
    ByteWriter out = new ByteWriter(versionLength(version) + 1 + length);
    encodeVersion(version, out);
    if (value == null) {
      out.u8(TOMBSTONE);
    } else {
      out.u8(VALUE).raw(value.array());
    }
    return out.take();
  }

  /** The bytes of a large value. */
  public static byte[] encodeLarge(Version version, LargeValue large) {
    ByteWriter out = new ByteWriter(versionLength(version) + 1 + LargeValue.ENCODED_BYTES);
    encodeVersion(version, out);
    large.encode(out.u8(LARGE));
    return out.take();
  }

  /** Reads what {@link #encode} or {@link #encodeLarge} wrote. */
  public static VersionedCell decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    Version version = decodeVersion(in);
    int kind = in.u8();
    if (kind == TOMBSTONE) {
      in.expectEnd();
      return new VersionedCell(version, null, null);
    }
    if (kind == LARGE) {
      LargeValue large = LargeValue.decode(in);
      in.expectEnd();
      return new VersionedCell(version, null, large);
    }
    if (kind != VALUE || in.remaining() > Limits.MAX_VALUE_BYTES) {
      throw in.malformed("versioned cell is of no known kind, or too long");
    }
    return new VersionedCell(version, Bytes.wrap(in.rest()), null);
  }

  /** Shows the large value of an encoded cell, if it has one, without a copy of any other. */
  public static void visitLarge(byte[] cell, Consumer<LargeValue> visitor) {
    if (cell.length == 0) {
      return;
    }
    ByteReader in = new ByteReader(cell);
    decodeVersion(in);
    if (in.u8() == LARGE) {
      visitor.accept(LargeValue.decode(in));
    }
  }

  /** Writes stamp, replica, sequence. */
  public static void encodeVersion(Version version, ByteWriter out) {
    out.i64(version.stamp()).i64(version.replica()).varint(version.sequence());
  }

  private static int versionLength(Version version) {
    return 2 * Long.BYTES + ByteWriter.varintLength(version.sequence());
  }

  /** Reads what {@link #encodeVersion} wrote. */
  public static Version decodeVersion(ByteReader in) {
    Version version = new Version(in.i64(), in.i64(), in.varint());
    if (version.stamp() < 1 || version.replica() == 0 || version.sequence() < 1) {
      throw in.malformed("version is out of range");
    }
    return version;
  }

  /** The stamp of an encoded cell, which begins with it. */
  static long stamp(byte[] cell) {
    return new ByteReader(cell).i64();
  }

  /** Whether an encoded cell is a tombstone, without a copy of its value. */
  public static boolean isTombstone(byte[] cell) {
    ByteReader in = new ByteReader(cell);
    in.skip(2 * Long.BYTES);
    in.varint();
    int kind = in.u8();
    if (kind > LARGE) {
      throw in.malformed("versioned cell is of no known kind");
    }
    return kind == TOMBSTONE;
  }

  /** Whether this is a tombstone. */
  public boolean isTombstone() {
    return value == null && large == null;
  }

  /** What a reader sees of it, or null of a tombstone. */
  public @Nullable Value content() {
    if (large != null) {
      return new Value.Large(large);
    }
    return value == null ? null : new Value.Register(value);
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
    return cell.length != 0 && stamp(cell) <= floor.horizon();
  }

  /** Whether a cell is a tombstone of a version that a floor covers. */
  public static boolean isForgettable(byte[] cell, Floor floor) {
    return isCovered(cell, floor) && isTombstone(cell);
  }

  /**
   * A tombstone that overrides a value which a state has seen and does not hold any more, at or
   * below the one that the state has forgotten; null if it is not such a value.
   *
   * @param held the value, or none
   * @param forgotten the state's floor
   * @param joined below what all was joined where the value is held
   */
  public static byte @Nullable [] overriding(byte[] held, Floor forgotten, Floor joined) {
    if (!isCovered(held, forgotten) || isTombstone(held)) {
      return null;
    }
    Version over = overriding(decodeVersion(new ByteReader(held)), joined);
    return forgotten.covers(over) ? encode(over, null) : null;
  }

  /**
   * A version at or below that of whatever overrode a value unseen by those who hold it: that is
   * newer than the value, and stamped above all that they have joined.
   *
   * @param value the version of the value
   * @param joined below what all was joined where it is held
   */
  public static Version overriding(Version value, Floor joined) {
    Version least = new Version(joined.horizon() + 1, 1, 1);
    return value.compareTo(least) > 0 ? value : least;
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

  /**
   * Shows which of two cells loses its value where neither operation has seen the other.
   *
   * @param field the field they are of, or null
   * @param held the one that is there, or null
   * @param arriving the other, or null; the one that is there has not seen it
   * @param seen what the arriving one's operation has seen
   */
  public static void loss(
      @Nullable Bytes field,
      byte @Nullable [] held,
      byte @Nullable [] arriving,
      Predicate<Dot> seen,
      Consumer<Loss> visitor) {
    if (held == null || held.length == 0 || arriving == null || arriving.length == 0) {
      return;
    }
    // Most are seen, and a value may be long: it is copied only where it matters.
    if (!seen.test(decodeVersion(new ByteReader(held)).dot())) {
      decode(held).lossTo(field, decode(arriving), visitor);
    }
  }

  private void lossTo(@Nullable Bytes field, VersionedCell other, Consumer<Loss> visitor) {
    boolean wins = compareTo(other) >= 0;
    VersionedCell winner = wins ? this : other;
    VersionedCell loser = wins ? other : this;
    if (!loser.isTombstone() && !Objects.equals(loser.content(), winner.content())) {
      visitor.accept(new Loss(field, winner.side(), loser.side()));
    }
  }

  /** It as one side of a conflict. */
  public Loss.Side side() {
    return new Loss.Side(version, content());
  }

  @Override
  public int compareTo(VersionedCell other) {
    int order = version.compareTo(other.version);
    if (order != 0) {
      return order;
    }
    if (value != null && other.value != null) {
      return Arrays.compareUnsigned(value.array(), other.value.array());
    }
    if (large != null && other.large != null) {
      int byLength = Long.compare(large.length(), other.large.length());
      return byLength != 0 ? byLength : large.root().compareTo(other.large.root());
    }
    return Integer.compare(rank(), other.rank());
  }

  private int rank() {
    return value != null ? 0 : large != null ? 1 : 2;
  }
}
