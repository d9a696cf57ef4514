package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.file.BlobFiles;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.SpaceGuard;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The chunks of large values of one store: content-addressed, so that what is equal is stored once;
 * compressed where it helps; verified whenever they are read. All is done within a {@link Visit}. A
 * chunk is a file of its own, written aside, forced and named before what refers to it is logged:
 * so a crash leaves chunks that nothing refers to, and never a reference without its chunks.
 *
 * <p>Nothing is kept in memory between calls; what a stream holds stands at {@link BlobOutput} and
 * {@link BlobInput}, what a sweep holds at {@link #sweep}. For any number of threads.
 */
public final class BlobStore implements BlobSource, AutoCloseable {
  private final ChunkFiles chunks;
  private final ChunkRoom room;
  private final Visits visits = new Visits();
  private final ReentrantLock sweeping = new ReentrantLock();
  private volatile boolean closed;

  /**
   * Opens the blob store of a store, whose directory is there and whose lock the caller has.
   * Nothing is written before the first value.
   *
   * @param reserveBytes what is kept free of the disk, unless it is small
   */
  public BlobStore(StoreFiles files, DurableFiles disk, long reserveBytes) {
    BlobFiles blobs = new BlobFiles(files.blobs());
    this.chunks = new ChunkFiles(blobs);
    this.room = new ChunkRoom(blobs, disk, new SpaceGuard(files.directory(), reserveBytes, disk));
  }

  /** Begins a visit. */
  public Visit visit() {
    requireOpen();
    return new Visit(this, visits);
  }

  /** The file of a chunk as it is, for another store; within a visit, lest it be swept. */
  @Override
  public Optional<byte[]> chunk(Bytes hash) {
    requireOpen();
    return chunks.image(hash);
  }

  /** What is not here of a value. Data is looked for, and not read. */
  public Missing missing(LargeValue value) {
    requireOpen();
    return new MissingChunks(chunks, value).count();
  }

  /**
   * Removes the chunks that nothing refers to: not what is shown, and not what somebody holds in a
   * visit. One at a time; a second caller waits.
   *
   * <p>Memory: 43 bytes at most for each chunk that something refers to, 43 MiB for a TiB of whole
   * chunks; and 120 for each that is written meanwhile.
   *
   * @param patience how long it waits, twice, for the visits that are open; must not be called
   *     within one, for which it would wait in vain
   * @param pace is run between portions of the work; may throw to end it
   * @throws dev.tidemark.error.DamagedException if a list of chunks is damaged; nothing is removed
   */
  public SweepReport sweep(BlobReferences references, Duration patience, Runnable pace) {
    sweeping.lock();
    try {
      Runnable each =
          () -> {
            requireOpen();
            pace.run();
          };
      return new Sweep(room, visits, references, patience.toNanos(), each).run();
    } finally {
      sweeping.unlock();
    }
  }

  ChunkWriter writer() {
    return new ChunkWriter(room, chunks);
  }

  TreeReader tree(LargeValue value) {
    return new TreeReader(chunks, value);
  }

  void refer(LargeValue value) {
    room.refer(value);
  }

  void requireOpen() {
    if (closed) {
      throw Problem.of("store is closed").illegalState();
    }
  }

  /** Streams that are open fail from now on, and a sweep ends. */
  @Override
  public void close() {
    closed = true;
  }
}
