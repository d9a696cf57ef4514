package dev.tidemark.storage.log;

import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.MalformedException;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a walk over a whole segment finds; nothing is changed.
 *
 * @param file the segment's data file
 * @param entries how many good entries it begins with
 * @param firstPosition the position of the first; 0 if there is none
 * @param lastPosition the position of the last; 0 if there is none
 * @param bytes where the last good entry ends; 0 if there is none
 * @param tornBytes how many bytes were written where the walk ended, from there to the last not
 *     zero
 * @param storeTag of which store the good entries are; 0 if there is none
 * @param checksum CRC32C over the checksums of the good entries, in order
 * @param coverage what the good entries hold of each origin
 * @param damage why the walk ended before the end of the data, or null
 */
record SegmentScan(
    Path file,
    long entries,
    long firstPosition,
    long lastPosition,
    long bytes,
    long tornBytes,
    int storeTag,
    int checksum,
    List<OriginCoverage> coverage,
    @Nullable Damage damage) {
  private static final int CHUNK_BYTES = 1 << 20;

  /** Walks over a data file up to a limit, or all of it. */
  static SegmentScan of(Path file, long limit) throws IOException {
    CoverageBuilder coverage = new CoverageBuilder();
    long entries = 0;
    long first = 0;
    long last = 0;
    long bytes = 0;
    long tornBytes;
    int storeTag;
    Damage damage = null;
    long length;
    try (FileChannel channel = FileChannels.open(file, StandardOpenOption.READ)) {
      length = Math.min(limit, channel.size());
    }
    try (SegmentReader reader = new SegmentReader(file, 0)) {
      SegmentReader.Step step = reader.next(length);
      while (step == SegmentReader.Step.ENTRY && damage == null) {
        damage = take(reader, coverage);
        if (damage == null) {
          entries++;
          first = first == 0 ? reader.position() : first;
          last = reader.position();
          bytes = reader.entryEnd();
          step = reader.next(length);
        }
      }
      if (step == SegmentReader.Step.DAMAGE) {
        damage = reader.damage();
      }
      storeTag = reader.storeTag();
      long stop = damage == null ? reader.offset() : damage.offset();
      tornBytes = Math.max(0, writtenBytes(file, stop, length) - stop);
      if (damage == null && tornBytes > 0) {
        // A page that was never saved reads as zeros, as if nothing had been written from there on.
        damage = new Damage(file, stop, last == 0 ? 0 : last + 1, "an entry", "zeros, then more");
      }
    }
    return new SegmentScan(
        file,
        entries,
        first,
        last,
        bytes,
        tornBytes,
        storeTag,
        coverage.checksum(),
        coverage.coverage(),
        damage);
  }

  /** Sums an entry up, unless its checksum holds and yet it is no commit, or one out of order. */
  private static @Nullable Damage take(SegmentReader reader, CoverageBuilder coverage) {
    CommitHeader header;
    try {
      header = CoverageBuilder.header(reader.array(), reader.bodyAt(), reader.bodyLength());
    } catch (MalformedException e) {
      return damage(reader, "a commit", e.getMessage());
    }
    String refusal = coverage.refusal(header);
    if (refusal != null) {
      return damage(reader, refusal, "sequence " + header.firstSequence());
    }
    coverage.add(header, reader.array(), reader.bodyAt(), reader.bodyLength(), reader.checksum());
    return null;
  }

  private static Damage damage(SegmentReader reader, String expected, @Nullable String actual) {
    return new Damage(
        reader.file(), reader.entryOffset(), reader.position(), expected, String.valueOf(actual));
  }

  /**
   * Chronicle allocates ahead, so the length of a live file says nothing about what was written.
   */
  private static long writtenBytes(Path file, long from, long to) throws IOException {
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, Math.max(0, to - from))];
    byte[] zeros = new byte[chunk.length];
    long written = from;
    try (FileChannel channel = FileChannels.open(file, StandardOpenOption.READ)) {
      for (long at = from; at < to; at += chunk.length) {
        int length = (int) Math.min(chunk.length, to - at);
        int n = FileChannels.read(channel, at, chunk, 0, length);
        // Most of it is zeros, allocated ahead: those are compared as a whole.
        int end = Arrays.equals(chunk, 0, n, zeros, 0, n) ? 0 : n;
        while (end > 0 && chunk[end - 1] == 0) {
          end--;
        }
        written = end > 0 ? at + end : written;
      }
    }
    return written;
  }

  /** The catalogue's entry for a segment that ends with its last good entry. */
  SegmentInfo info(long number, boolean sealed) {
    return new SegmentInfo(
        number,
        SegmentInfo.Kind.RAW,
        firstPosition,
        lastPosition,
        bytes,
        checksum,
        coverage,
        sealed);
  }
}
