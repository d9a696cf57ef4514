package dev.tidemark.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a reader finds a segment, and how far it may look: below the end every entry is complete.
 */
final class SegmentExtent {
  private static final VarHandle END;
  private static final VarHandle LAST;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      END = lookup.findVarHandle(SegmentExtent.class, "end", long.class);
      LAST = lookup.findVarHandle(SegmentExtent.class, "lastPosition", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long number;
  private final SegmentInfo.Kind kind;
  private final Path file;
  private final long firstPosition;
  private final List<OriginCoverage> coverage;

  @SuppressWarnings("unused") // through the handle
  private long end;

  @SuppressWarnings("unused") // through the handle
  private long lastPosition;

  private SegmentExtent(
      long number,
      SegmentInfo.Kind kind,
      Path file,
      long firstPosition,
      long lastPosition,
      long end,
      List<OriginCoverage> coverage) {
    this.number = number;
    this.kind = kind;
    this.file = file;
    this.firstPosition = firstPosition;
    this.coverage = coverage;
    endAt(lastPosition);
    growTo(end);
  }

  /** A segment that is appended to. */
  static SegmentExtent growing(long number, Path file, long firstPosition, long end) {
    return new SegmentExtent(
        number, SegmentInfo.Kind.RAW, file, firstPosition, Long.MAX_VALUE, end, List.of());
  }

  /** A segment that nothing is appended to any more. */
  static SegmentExtent of(SegmentInfo info, Path file) {
    return new SegmentExtent(
        info.number(),
        info.kind(),
        file,
        info.firstPosition(),
        info.lastPosition(),
        info.bytes(),
        info.coverage());
  }

  long number() {
    return number;
  }

  SegmentInfo.Kind kind() {
    return kind;
  }

  Path file() {
    return file;
  }

  long firstPosition() {
    return firstPosition;
  }

  /** What a folded segment holds of each origin. */
  List<OriginCoverage> coverage() {
    return coverage;
  }

  /** The last position it will ever hold; {@link Long#MAX_VALUE} while it grows. */
  long lastPosition() {
    return (long) LAST.getAcquire(this);
  }

  /** Publishes that nothing is appended behind a position. */
  void endAt(long position) {
    LAST.setRelease(this, position);
  }

  long end() {
    return (long) END.getAcquire(this);
  }

  /** Publishes that the entries below an offset are complete. */
  void growTo(long offset) {
    END.setRelease(this, offset);
  }
}
