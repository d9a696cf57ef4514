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
 * @param kind of which kind the good entries are; raw if there is none
 * @param entries how many good entries it begins with
 * @param firstPosition the position of the first commit; 0 if there is none, or it is folded
 * @param lastPosition the position of the last; 0 if there is none, or it is folded
 * @param bytes where the last good entry ends; 0 if there is none
 * @param tornBytes how many bytes were written where the walk ended, from there to the last not
 *     zero
 * @param storeTag of which store the good entries are; 0 if there is none
 * @param checksum CRC32C over the checksums of the good entries, in order
 * @param coverage what the good entries hold of each origin, or say that they do
 * @param damage why the walk ended before the end of the data, or null
 */
record SegmentScan(
    Path file,
    SegmentInfo.Kind kind,
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
    long length;
    try (FileChannel channel = FileChannels.open(file, StandardOpenOption.READ)) {
      length = Math.min(limit, channel.size());
    }
    try (SegmentReader reader = SegmentReader.open(file)) {
      return new Walk(reader).run(length);
    }
  }

  /** Sums up the entries as they pass. */
  private static final class Walk {
    private final SegmentReader reader;
    private final CoverageBuilder commits = new CoverageBuilder();
    private final EntrySum folded = new EntrySum();
    private List<OriginCoverage> runCoverage = List.of();
    private long entries;
    private long first;
    private long last;
    private long bytes;
    private @Nullable Damage damage;

    Walk(SegmentReader reader) {
      this.reader = reader;
    }

    SegmentScan run(long length) throws IOException {
      SegmentReader.Step step = reader.next(length);
      while (step == SegmentReader.Step.ENTRY && take()) {
        step = reader.next(length);
      }
      if (step == SegmentReader.Step.DAMAGE) {
        damage = reader.damage();
      }
      long stop = damage == null ? reader.offset() : damage.offset();
      long tornBytes = Math.max(0, writtenBytes(reader.file(), stop, length) - stop);
      if (damage == null && tornBytes > 0) {
        // A page that was never saved reads as zeros, as if nothing had been written from there on.
        long due = last == 0 ? 0 : last + 1;
        damage = new Damage(reader.file(), stop, due, "an entry", "zeros, then more");
      }
      return result(tornBytes);
    }

    private SegmentScan result(long tornBytes) {
      boolean isFolded = isFolded();
      return new SegmentScan(
          reader.file(),
          isFolded ? SegmentInfo.Kind.FOLDED : SegmentInfo.Kind.RAW,
          entries,
          first,
          last,
          bytes,
          tornBytes,
          reader.storeTag(),
          isFolded ? folded.value() : commits.checksum(),
          isFolded ? runCoverage : commits.coverage(),
          damage);
    }

    private boolean isFolded() {
      return reader.kind() == FrameLayout.KIND_FOLDED;
    }

    /** Sums an entry up, unless its checksum holds and yet it is not what should be there. */
    private boolean take() {
      damage = isFolded() ? takeFolded() : takeCommit();
      if (damage == null) {
        entries++;
        bytes = reader.entryEnd();
      }
      return damage == null;
    }

    private @Nullable Damage takeFolded() {
      if (entries == 0) {
        try {
          runCoverage = FoldedLayout.coverage(reader.array(), reader.bodyAt(), reader.bodyLength());
        } catch (MalformedException e) {
          return damage("the coverage of a run", e.getMessage());
        }
      }
      folded.add(reader.checksum());
      return null;
    }

    private @Nullable Damage takeCommit() {
      CommitHeader header;
      try {
        header = CoverageBuilder.header(reader.array(), reader.bodyAt(), reader.bodyLength());
      } catch (MalformedException e) {
        return damage("a commit", e.getMessage());
      }
      String refusal = commits.refusal(header);
      if (refusal != null) {
        return damage(refusal, "sequence " + header.firstSequence());
      }
      commits.add(header, reader.array(), reader.bodyAt(), reader.bodyLength(), reader.checksum());
      first = first == 0 ? reader.position() : first;
      last = reader.position();
      return null;
    }

    private Damage damage(String expected, @Nullable String actual) {
      return new Damage(
          reader.file(), reader.entryOffset(), reader.position(), expected, String.valueOf(actual));
    }
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

  /** The catalogue's entry for a segment of commits that ends with its last good entry. */
  SegmentInfo info(long number, boolean sealed) {
    return info(number, firstPosition, lastPosition, sealed);
  }

  /** The catalogue's entry as it would be with positions that a folded segment does not know. */
  SegmentInfo infoAt(SegmentInfo place) {
    return kind == SegmentInfo.Kind.FOLDED
        ? info(place.number(), place.firstPosition(), place.lastPosition(), place.sealed())
        : info(place.number(), place.sealed());
  }

  private SegmentInfo info(long number, long first, long last, boolean sealed) {
    return new SegmentInfo(number, kind, first, last, entries, bytes, checksum, coverage, sealed);
  }
}
