package dev.tidemark.storage.log;

import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Loads what the first segment of a process needs, which takes 200 to 400 ms: who opens a log waits
 * for that, and not the first update. It makes one and throws it away, in a directory of no
 * meaning, which the next open removes if a crash leaves it.
 */
final class FirstSegment {
  private static final AtomicBoolean LOADED = new AtomicBoolean();
  private static final byte[] ENTRY = new byte[64];

  private FirstSegment() {}

  /** Loads it, unless this process has; where that fails, the first update waits after all. */
  static void load(StoreFiles files) {
    if (!LOADED.getAndSet(true)) {
      try {
        make(files, DurableFiles.standard());
      } catch (IOException | TidemarkException e) {
        // A disk that is full, mostly; whoever writes to it is told.
      }
    }
  }

  private static void make(StoreFiles files, DurableFiles disk) throws IOException {
    SpaceGuard space = new SpaceGuard(files.directory(), 0, disk);
    try (SegmentParts parts =
        SegmentParts.create(
            0, files.foldingSegment(0), disk, space, LogOptions.MIN_SEGMENT_BYTES, ENTRY.length)) {
      parts.chronicle().append(ENTRY, ENTRY.length);
    } finally {
      disk.deleteDirectory(files.foldingSegment(0));
    }
  }
}
