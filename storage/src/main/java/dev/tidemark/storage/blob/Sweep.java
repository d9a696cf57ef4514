package dev.tidemark.storage.blob;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.BlobFiles;
import java.io.IOException;

/**
 * Removes the chunks that nothing refers to. It counts no references; it looks for them, and waits
 * for those who may hold one that it did not see:
 *
 * <ol>
 *   <li>From now on every chunk is noted that is written or found, and every value that is referred
 *       to: see {@link Watch}.
 *   <li>It waits for the visits that began before that. What they wrote unnoted is logged now, or
 *       given up.
 *   <li>It looks at all that refers to values.
 *   <li>It waits for the visits that began before it had looked. One of them may have read a
 *       reference that was gone when it was looked for. Who comes later reads only what was seen,
 *       or was noted.
 *   <li>It removes what was neither seen nor noted, each chunk under the lock under which a writer
 *       notes that it has found it.
 * </ol>
 *
 * A crash at any point leaves what is referred to, and at most what is not.
 */
final class Sweep {
  private final ChunkRoom room;
  private final Visits visits;
  private final BlobReferences references;
  private final long patienceNanos;
  private final Runnable pace;
  private long removed;
  private long removedBytes;

  Sweep(
      ChunkRoom room, Visits visits, BlobReferences references, long patienceNanos, Runnable pace) {
    this.room = room;
    this.visits = visits;
    this.references = references;
    this.patienceNanos = patienceNanos;
    this.pace = pace;
  }

  SweepReport run() {
    Watch watch = new Watch();
    room.watch(watch);
    try {
      long began = visits.next();
      if (!visits.awaitBefore(began, patienceNanos, pace)) {
        return SweepReport.gaveUp(visits.openBefore(began));
      }
      KeptChunks kept = new KeptChunks(new ChunkFiles(room.files()));
      references.forEach(
          value -> {
            pace.run();
            kept.add(value);
          });
      long looked = visits.next();
      if (!visits.awaitBefore(looked, patienceNanos, pace)) {
        return SweepReport.gaveUp(visits.openBefore(looked));
      }
      watch.values().forEach(kept::add);
      remove(kept, watch);
      return new SweepReport(true, 0, kept.size(), removed, removedBytes);
    } finally {
      room.watch(null);
    }
  }

  private void remove(KeptChunks kept, Watch watch) {
    try {
      for (int number = 0; number < BlobFiles.DIRECTORIES; number++) {
        for (Bytes hash : room.list(number)) {
          pace.run();
          long bytes = kept.contains(hash) ? 0 : room.remove(hash, watch);
          if (bytes > 0) {
            removed++;
            removedBytes += bytes;
          }
        }
      }
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("chunks of large values cannot be removed")
              .with("directory", room.files().directory())
              .with("cause", e)
              .advise("check the disk; the next sweep goes on"),
          e);
    }
  }
}
