package dev.tidemark.storage.log;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** What cursors of an open log read from. */
record LiveSource(Fuse fuse, Segments segments, LongSupplier appended) implements LogSource {
  @Override
  public void requireOpen() {
    fuse.requireOpen();
  }

  @Override
  public long firstPosition() {
    return segments.catalogue().firstPosition();
  }

  @Override
  public OptionalLong newestSnapshot() {
    return segments.newestSnapshot();
  }

  @Override
  public long appendedPosition() {
    return appended.getAsLong();
  }

  @Override
  public List<SegmentExtent> extents() {
    return segments.extents();
  }
}
