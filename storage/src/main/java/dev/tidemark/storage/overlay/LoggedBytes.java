package dev.tidemark.storage.overlay;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.FileChannels;
import dev.tidemark.storage.log.LogPlace;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.LongArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The files of the log that a generation refers to, open for reading from its first reference until
 * it is let go: what is removed from the log meanwhile stays readable. Mostly the pages are in
 * memory still, since they were written a moment ago.
 */
final class LoggedBytes implements AutoCloseable {
  /** More files than this are not to be held open: then a generation is frozen. */
  static final int MOST_FILES = 64;

  /** A reference is the number of a file, how many bytes, and where they are in the file. */
  private static final int LENGTH_BITS = 24;

  private static final int OFFSET_BITS = 32;

  private final List<FileChannel> files = new ArrayList<>();

  /** Per file, where what is referred to in it ends. */
  private final LongArrayList ends = new LongArrayList();

  private long newestSegment = -1;

  /** Stands for bytes at an offset in a segment, from now on. */
  long reference(LogPlace place, long offset, int length) {
    if (place.segment() != newestSegment) {
      files.add(open(place));
      ends.addLong(0);
      newestSegment = place.segment();
    }
    if (offset >>> OFFSET_BITS != 0 || length >>> LENGTH_BITS != 0) {
      throw new AssertionError("a segment, or a commit, is larger than one may be");
    }
    int file = files.size() - 1;
    ends.setLong(file, Math.max(ends.getLong(file), offset + length));
    return ((long) file << LENGTH_BITS | length) << OFFSET_BITS | offset;
  }

  private static FileChannel open(LogPlace place) {
    try {
      return FileChannels.open(place.file(), StandardOpenOption.READ);
    } catch (IOException e) {
      throw unreadable(place.bodyAt(), e);
    }
  }

  boolean isFull() {
    return files.size() >= MOST_FILES;
  }

  /** All of them mapped, for many reads; once nothing is referred to any more. */
  MappedLog map() {
    return new MappedLog(files, ends);
  }

  /** Has the processor fetch what is at a reference; gives something of it. */
  int lookAt(long reference, MappedLog map) {
    try {
      return map.look(file(reference), offset(reference), length(reference));
    } catch (IOException e) {
      throw unreadable(offset(reference), e);
    }
  }

  private static int file(long reference) {
    return (int) (reference >>> (OFFSET_BITS + LENGTH_BITS));
  }

  private static int length(long reference) {
    return (int) (reference >>> OFFSET_BITS) & ((1 << LENGTH_BITS) - 1);
  }

  private static long offset(long reference) {
    return reference & ((1L << OFFSET_BITS) - 1);
  }

  /** The bytes at a reference, from a map if there is one. */
  byte[] read(long reference, @Nullable MappedLog map) {
    int file = file(reference);
    long offset = offset(reference);
    byte[] bytes = new byte[length(reference)];
    try {
      if (map == null || !map.read(file, offset, bytes)) {
        read(file, offset, bytes);
      }
      return bytes;
    } catch (IOException e) {
      throw unreadable(offset, e);
    }
  }

  private void read(int file, long offset, byte[] bytes) throws IOException {
    int read = FileChannels.read(files.get(file), offset, bytes, 0, bytes.length);
    if (read != bytes.length) {
      throw Problem.of("log ends before what was appended to it")
          .with("offset", offset)
          .with("bytes", bytes.length)
          .with("read", read)
          .broken();
    }
  }

  private static StoreUnusableException unreadable(long offset, IOException e) {
    return new StoreUnusableException(
        Problem.of("log cannot be read").with("offset", offset).with("cause", e), e);
  }

  @Override
  public void close() {
    for (FileChannel file : files) {
      try {
        file.close();
      } catch (IOException e) {
        // It was read only: nothing is lost with it.
      }
    }
  }
}
