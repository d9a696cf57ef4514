package dev.tidemark.storage.conflict;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.FileChannels;
import dev.tidemark.storage.file.Quarantine;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conflicts on the disk: the file that is written, and the one before it. A file that has grown to
 * {@value #FULL_BYTES} bytes takes the place of the one before, so they take below 16 MiB together.
 *
 * <p>A record says at which log position its commit is, so what the log has lost in a crash is
 * taken out here too, and what this has lost is found again when the log is replayed: it is forced
 * before anything that it speaks of is folded. Used by one thread at a time.
 */
final class ConflictJournal implements AutoCloseable {
  static final long FULL_BYTES = 4 << 20;

  private final StoreFiles files;
  private final DurableFiles disk;
  private final byte[] storeId;
  private @Nullable FileChannel channel;
  private long end;
  private boolean dirty;

  ConflictJournal(StoreFiles files, DurableFiles disk, byte[] storeId) {
    this.files = files;
    this.disk = disk;
    this.storeId = storeId;
  }

  /**
   * What of it is about commits that the log has, oldest first; the rest is cut off.
   *
   * @param lastPosition the end of the log
   */
  List<Conflict> load(long lastPosition) throws IOException {
    List<Conflict> conflicts = new ArrayList<>();
    load(files.conflictsBefore(), lastPosition, conflicts);
    end = load(files.conflicts(), lastPosition, conflicts);
    if (end > 0) {
      channel = disk.open(files.conflicts(), StandardOpenOption.WRITE);
    }
    return conflicts;
  }

  /** Gives where to go on in a file; 0 if it is not there, or not ours. */
  private long load(Path path, long lastPosition, List<Conflict> into) throws IOException {
    ConflictFile file = ConflictFile.read(path, storeId);
    if (file.length() > 0 && file.end() == 0) {
      new Quarantine(files, disk).take(path);
      return 0;
    }
    long kept = keep(file, lastPosition, into);
    if (kept < file.length()) {
      try (FileChannel open = disk.open(path, StandardOpenOption.WRITE)) {
        open.truncate(kept);
        // What is written next must not come back with what stood behind it.
        disk.force(open);
      }
    }
    return kept;
  }

  private static long keep(ConflictFile file, long lastPosition, List<Conflict> into) {
    long kept = Math.min(file.end(), ConflictFile.HEADER_BYTES);
    for (ConflictFile.Item item : file.records()) {
      if (item.conflict().position() > lastPosition) {
        break;
      }
      into.add(item.conflict());
      kept = item.end();
    }
    return kept;
  }

  /** Writes one more. */
  void append(Conflict conflict) throws IOException {
    byte[] record = ConflictFile.record(conflict);
    if (end >= FULL_BYTES) {
      turn();
    }
    FileChannel open = channel == null ? begin() : channel;
    FileChannels.write(open, end, record);
    // Only now: what could not be written whole is written over.
    end += record.length;
    dirty = true;
  }

  private FileChannel begin() throws IOException {
    FileChannel open =
        disk.open(
            files.conflicts(),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    channel = open;
    byte[] header = ConflictFile.header(storeId);
    FileChannels.write(open, 0, header);
    end = header.length;
    disk.forceDirectory(files.directory());
    return open;
  }

  private void turn() throws IOException {
    force();
    close();
    disk.move(files.conflicts(), files.conflictsBefore());
    end = 0;
  }

  /** What was written survives a power loss. */
  void force() throws IOException {
    FileChannel open = channel;
    if (dirty && open != null) {
      disk.force(open);
      dirty = false;
    }
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  /** Whether there is one at all. */
  static boolean isThere(StoreFiles files) {
    return Files.exists(files.conflicts()) || Files.exists(files.conflictsBefore());
  }
}
