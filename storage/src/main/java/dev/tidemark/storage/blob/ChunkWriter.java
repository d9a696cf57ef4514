package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.BlobFiles;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes chunks: aside, forced, named; and at the end the directories are forced that name them.
 * Several are written before the first of them is forced, so that the disk has more than one at a
 * time to do. For one thread at a time.
 */
final class ChunkWriter implements AutoCloseable {
  private static final int MOST_PENDING = 16;

  private final ChunkRoom room;
  private final ChunkFiles chunks;
  private final List<Pending> pending = new ArrayList<>();
  private final Set<Bytes> pendingHashes = new HashSet<>();
  private final BitSet directories = new BitSet(BlobFiles.DIRECTORIES);
  private byte @Nullable [] image;
  private byte @Nullable [] content;
  private boolean broken;

  ChunkWriter(ChunkRoom room, ChunkFiles chunks) {
    this.room = room;
    this.chunks = chunks;
  }

  private record Pending(Bytes hash, Path file, FileChannel channel) {}

  /**
   * Whether a chunk need not be written: it is there already. Then it is kept from every sweep as
   * if it had been written, and its name will be forced: whoever gave it that may not have come to
   * it.
   *
   * @param verified whether it is read: one that is damaged is taken for one that is not there
   */
  boolean finds(Bytes hash, boolean verified) {
    if (pendingHashes.contains(hash)) {
      return true;
    }
    if (!room.claim(hash) || (verified && !isWhole(hash))) {
      return false;
    }
    directories.set(BlobFiles.number(hash));
    return true;
  }

  private boolean isWhole(Bytes hash) {
    if (image == null || content == null) {
      image = new byte[ChunkFiles.bufferBytes()];
      content = new byte[ChunkTree.CHUNK_BYTES];
    }
    try {
      chunks.read(hash, image, content);
      return true;
    } catch (TidemarkException damagedOrUnreadable) {
      return false;
    }
  }

  /** Writes a chunk that is not there, or not whole. It has its name at the next flush. */
  void write(Bytes hash, byte[] bytes) {
    requireWhole();
    room.require(bytes.length);
    room.claim(hash);
    Path file = room.nextUnfinished();
    CrashPoint.BLOB_CHUNK.before();
    attempt(
        file,
        () -> {
          FileChannel channel =
              room.disk().open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          pending.add(new Pending(hash, file, channel));
          FileChannels.write(channel, 0, bytes);
        });
    pendingHashes.add(hash);
    if (pending.size() >= MOST_PENDING) {
      flush();
    }
  }

  /** Names what was written. A power loss may still take the names away. */
  void flush() {
    requireWhole();
    for (Pending chunk : pending) {
      attempt(chunk.file, () -> name(chunk));
    }
    pending.clear();
    pendingHashes.clear();
  }

  private void name(Pending chunk) throws IOException {
    room.disk().force(chunk.channel);
    chunk.channel.close();
    room.nameDirectory(BlobFiles.number(chunk.hash));
    room.disk().publish(chunk.file, room.files().chunk(chunk.hash));
    CrashPoint.BLOB_CHUNK.after();
    directories.set(BlobFiles.number(chunk.hash));
  }

  /** Makes all that was written or found survive a power loss. */
  void finish() {
    flush();
    CrashPoint.BLOB_FORCE.before();
    for (int i = directories.nextSetBit(0); i >= 0; i = directories.nextSetBit(i + 1)) {
      room.forceDirectory(i);
    }
    CrashPoint.BLOB_FORCE.after();
    directories.clear();
  }

  /** Removes what has no name yet. */
  @Override
  public void close() {
    for (Pending chunk : pending) {
      try {
        chunk.channel.close();
        room.disk().delete(chunk.file);
      } catch (IOException e) {
        // It has no name; the next open removes it.
      }
    }
    pending.clear();
    pendingHashes.clear();
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Does something to a file; after a failure nothing more is written or named. */
  private void attempt(Path file, Action action) {
    boolean done = false;
    try {
      action.run();
      done = true;
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("chunk of a large value cannot be written")
              .with("file", file)
              .with("cause", e)
              .advise("check the disk; nothing refers to it"),
          DiskFull.unless(e, file));
    } finally {
      broken |= !done;
    }
  }

  private void requireWhole() {
    if (broken) {
      throw Problem.of("large value could not be written").advise("write it anew").illegalState();
    }
  }
}
