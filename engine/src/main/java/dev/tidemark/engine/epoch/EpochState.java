package dev.tidemark.engine.epoch;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.operation.Value.EpochCount;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.stability.Floor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The points that could still become the answer, and the newest delete.
 *
 * <p>A point is kept iff no other kept one is at least as new and at least as large. A delete kills
 * every point up to its version; for each version that a future delete may have, this frontier
 * still holds the greatest point above it, and nothing else does. So points rise in version and
 * fall in value.
 *
 * <pre>
 *   count varint, then per point, oldest first: version, epoch u64 BE, count i64 BE
 *   tombstone u8: 0 none, 1 its version follows
 * </pre>
 *
 * Epoch and count are the 16 bytes of the public payload. No points and no tombstone, no bytes.
 */
record EpochState(List<Point> points, @Nullable Version tombstone) {
  private static final byte[] NONE = new byte[0];
  private static final int MIN_POINT_BYTES = 33;

  /** A value and the version that put it. */
  record Point(Version version, EpochCount value) {
    /** Newest first; under one version, which only forgery gives, the greater value first. */
    static final Comparator<Point> NEWEST_FIRST =
        Comparator.comparing(Point::version).thenComparing(Point::value).reversed();
  }

  static EpochState decode(byte[] bytes) {
    if (bytes.length == 0) {
      return new EpochState(List.of(), null);
    }
    ByteReader in = new ByteReader(bytes);
    int n = in.items("points", MIN_POINT_BYTES);
    List<Point> points = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      Version version = VersionedCell.decodeVersion(in);
      points.add(new Point(version, new EpochCount(in.i64BigEndian(), in.i64BigEndian())));
    }
    int hasTombstone = in.u8();
    Version tombstone = hasTombstone == 1 ? VersionedCell.decodeVersion(in) : null;
    if (hasTombstone > 1 || (n == 0 && tombstone == null)) {
      throw in.malformed("epoch-max state is of no known form");
    }
    in.expectEnd();
    return new EpochState(points, tombstone);
  }

  byte[] encode() {
    if (points.isEmpty() && tombstone == null) {
      return NONE;
    }
    ByteWriter out = new ByteWriter(32 + points.size() * 40);
    out.varint(points.size());
    for (Point point : points) {
      VersionedCell.encodeVersion(point.version, out);
      out.i64BigEndian(point.value.epoch()).i64BigEndian(point.value.count());
    }
    out.u8(tombstone == null ? 0 : 1);
    if (tombstone != null) {
      VersionedCell.encodeVersion(tombstone, out);
    }
    return out.toByteArray();
  }

  EpochState join(EpochState other) {
    Version cut = newer(tombstone, other.tombstone);
    List<Point> all = new ArrayList<>(points.size() + other.points.size());
    all.addAll(points);
    all.addAll(other.points);
    if (cut != null) {
      all.removeIf(point -> point.version.compareTo(cut) <= 0);
    }
    return new EpochState(frontier(all), cut);
  }

  /**
   * Without what no later delete can bring out: of the points that the floor covers only the
   * greatest can ever be the answer, since every delete to come takes all of them.
   */
  EpochState collapse(Floor floor) {
    List<Point> kept = new ArrayList<>(points);
    while (kept.size() > 1 && floor.covers(kept.get(1).version)) {
      kept.remove(1);
    }
    return new EpochState(kept, coveredTombstone(floor) ? null : tombstone);
  }

  /** Without all that the floor covers. */
  EpochState above(Floor floor) {
    List<Point> news = new ArrayList<>(points);
    news.removeIf(point -> floor.covers(point.version));
    return new EpochState(news, coveredTombstone(floor) ? null : tombstone);
  }

  /**
   * The least delete that takes the points which a state has seen and does not have any more, at or
   * below the one that it has forgotten; null if there are none. A point that is not above the
   * state's greatest may be lacking because it cannot become the answer.
   */
  @Nullable Version deletedIn(EpochState state, Floor forgotten, Floor joined) {
    EpochCount greatest = state.visible();
    Version last = null;
    for (Point point : points) {
      boolean isDeleted =
          forgotten.covers(point.version)
              && (greatest == null || point.value.compareTo(greatest) > 0);
      last = isDeleted ? point.version : last;
    }
    Version over = last == null ? null : VersionedCell.overriding(last, joined);
    return over != null && forgotten.covers(over) ? over : null;
  }

  private boolean coveredTombstone(Floor floor) {
    return tombstone != null && floor.covers(tombstone);
  }

  private static List<Point> frontier(List<Point> points) {
    points.sort(Point.NEWEST_FIRST);
    List<Point> kept = new ArrayList<>(points.size());
    for (Point point : points) {
      Point best = kept.isEmpty() ? null : kept.get(kept.size() - 1);
      if (best == null || point.value.compareTo(best.value) > 0) {
        kept.add(point);
      }
    }
    Collections.reverse(kept);
    return kept;
  }

  /** The greatest point: the oldest of the frontier. */
  @Nullable EpochCount visible() {
    return points.isEmpty() ? null : points.get(0).value;
  }

  private static @Nullable Version newer(@Nullable Version a, @Nullable Version b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.compareTo(b) >= 0 ? a : b;
  }
}
