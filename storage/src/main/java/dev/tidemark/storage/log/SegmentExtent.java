package dev.tidemark.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * Where a reader finds a segment, and how far it may look: below the end every entry is complete.
 */
final class SegmentExtent {
  private static final VarHandle END;

  static {
    try {
      END = MethodHandles.lookup().findVarHandle(SegmentExtent.class, "end", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long number;
  private final Path file;
  private final long firstPosition;

  @SuppressWarnings("unused") // through the handle
  private long end;

  SegmentExtent(long number, Path file, long firstPosition, long end) {
    this.number = number;
    this.file = file;
    this.firstPosition = firstPosition;
    growTo(end);
  }

  long number() {
    return number;
  }

  Path file() {
    return file;
  }

  long firstPosition() {
    return firstPosition;
  }

  long end() {
    return (long) END.getAcquire(this);
  }

  /** Publishes that the entries below an offset are complete. */
  void growTo(long offset) {
    END.setRelease(this, offset);
  }
}
