package dev.tidemark.storage.overlay;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.collections.LongArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The files of a generation mapped while it is folded: a million heads in the order of their keys
 * are as many reads at random, which took most of a fold as calls to a file. A file is mapped as
 * far as the generation refers to it: its preallocated tail is cut off when the segment is sealed,
 * which may be now. Used by one method of one thread, which closes it: what is read after that
 * would end the process.
 */
final class MappedLog implements AutoCloseable {
  private final List<FileChannel> files;
  private final LongArrayList ends;
  private final List<@Nullable MappedByteBuffer> maps = new ArrayList<>();

  MappedLog(List<FileChannel> files, LongArrayList ends) {
    this.files = files;
    this.ends = ends;
  }

  /**
   * Reads what was referred to in a file; false if it is too large to be mapped, or ends before.
   */
  boolean read(int file, long offset, byte[] into) throws IOException {
    MappedByteBuffer map = map(file);
    if (map == null || offset + into.length > map.capacity()) {
      return false;
    }
    map.get((int) offset, into);
    return true;
  }

  /** Looks at the first and the last of some bytes, where they can be {@linkplain #read read}. */
  int look(int file, long offset, int length) throws IOException {
    MappedByteBuffer map = map(file);
    if (map == null || length == 0 || offset + length > map.capacity()) {
      return 0;
    }
    return map.get((int) offset) + map.get((int) offset + length - 1);
  }

  private @Nullable MappedByteBuffer map(int file) throws IOException {
    while (maps.size() <= file) {
      maps.add(map(files.get(maps.size()), ends.getLong(maps.size())));
    }
    return maps.get(file);
  }

  private static @Nullable MappedByteBuffer map(FileChannel file, long end) throws IOException {
    long mapped = Math.min(end, file.size());
    return mapped > Integer.MAX_VALUE ? null : file.map(FileChannel.MapMode.READ_ONLY, 0, mapped);
  }

  @Override
  public void close() {
    for (MappedByteBuffer map : maps) {
      if (map != null) {
        BufferUtil.free(map);
      }
    }
    maps.clear();
  }
}
