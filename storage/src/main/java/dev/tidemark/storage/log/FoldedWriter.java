package dev.tidemark.storage.log;

import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.FileChannels;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a folded segment, in a directory that is not one of a segment yet: what a crash leaves of
 * it is never taken for a part of the log. For one thread.
 */
public final class FoldedWriter implements AutoCloseable {
  private static final int HEAD_BYTES = DocumentLayout.HEADER_BYTES + FrameLayout.BODY;

  /**
   * What stays in the log is forced as it is written, so much at a time: all of it at the end would
   * keep the disk busy for as long as that takes, and every update that waits for a sync waiting.
   */
  static final int FORCED_BYTES = 4 << 20;

  private final long number;
  private final Path aside;
  private final Path log;
  private final int storeTag;
  private final List<OriginCoverage> coverage;
  private final DurableFiles disk;
  private final SpaceGuard space;
  private final Fuse fuse;
  private final FileChannel channel;
  private final Frame frames = new Frame();
  private final EntrySum checksum = new EntrySum();
  private final RunWriter records = new RunWriter(this::entry);
  private long entries;
  private long end;
  private long forced;
  private boolean sealed;

  private FoldedWriter(Target target, List<OriginCoverage> coverage, FileChannel channel) {
    this.number = target.number();
    this.aside = target.aside();
    this.log = target.log();
    this.storeTag = target.storeTag();
    this.disk = target.disk();
    this.space = target.space();
    this.fuse = target.fuse();
    this.coverage = coverage;
    this.channel = channel;
  }

  /** Where a folded segment is written, and what watches over that. */
  record Target(
      long number,
      Path aside,
      Path log,
      int storeTag,
      DurableFiles disk,
      SpaceGuard space,
      Fuse fuse) {}

  /**
   * Begins a folded segment.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room for it; nothing is left
   */
  static FoldedWriter create(Target target, List<OriginCoverage> coverage) {
    return target
        .fuse()
        .guard(
            "create folded segment",
            () -> {
              FoldedWriter writer = null;
              try {
                target.disk().makeDirectory(target.aside());
                FileChannel channel =
                    target
                        .disk()
                        .open(
                            target.aside().resolve(FoldedLayout.DATA_FILE),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE);
                writer = new FoldedWriter(target, coverage, channel);
                byte[] first = FoldedLayout.encode(coverage);
                writer.entry(first, 0, first.length);
                return writer;
              } catch (IOException e) {
                drop(writer, target.aside(), target.disk());
                throw DiskFull.unless(e, target.aside());
              }
            });
  }

  /**
   * Takes the next record of the run.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if the disk is almost full: close this writer
   */
  public void add(RunRecord entry) {
    add(PackedRecord.of(entry));
  }

  /**
   * Takes the next record of the run.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if the disk is almost full: close this writer
   */
  public void add(PackedRecord entry) {
    fuse.guard(
        "write folded segment",
        () -> {
          records.add(entry);
          return this;
        });
  }

  /** About how many bytes are written. */
  public long bytes() {
    return end;
  }

  private void entry(byte[] array, int offset, int length) throws IOException {
    if (length > Limits.MAX_COMMIT_BYTES) {
      throw Problem.of("entry of a folded segment is too large").with("bytes", length).broken();
    }
    space.take(length + HEAD_BYTES, 0);
    byte[] frame = new byte[FrameLayout.BODY + length];
    System.arraycopy(array, offset, frame, FrameLayout.BODY, length);
    checksum.add(frames.write(frame, length, FrameLayout.KIND_FOLDED, entries + 1, storeTag));
    long at = align(end);
    byte[] document = new byte[(int) (at - end) + DocumentLayout.HEADER_BYTES + frame.length];
    int header = (int) (at - end);
    Frame.putI32(document, header, frame.length);
    System.arraycopy(frame, 0, document, header + DocumentLayout.HEADER_BYTES, frame.length);
    try {
      FileChannels.write(channel, end, document);
    } catch (IOException e) {
      throw DiskFull.unless(e, aside);
    }
    end += document.length;
    entries++;
    // What covers nothing is a run on the way to another, and is gone soon.
    if (end - forced >= FORCED_BYTES && !coverage.isEmpty()) {
      disk.force(channel);
      forced = end;
    }
  }

  private static long align(long offset) {
    return (offset + DocumentLayout.ALIGNMENT - 1) & -DocumentLayout.ALIGNMENT;
  }

  /**
   * Ends the segment and makes it survive a power loss.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if the disk is almost full: close this writer
   */
  public FoldedSegment seal() {
    return fuse.guard(
        "force folded segment",
        () -> {
          records.finish();
          CrashPoint.FOLDED_FORCE.before();
          disk.force(channel);
          disk.forceDirectory(aside);
          disk.forceDirectory(log);
          CrashPoint.FOLDED_FORCE.after();
          return end();
        });
  }

  /**
   * Ends a run that is only read again on the way to another.
   *
   * @throws dev.tidemark.error.OutOfSpaceException if the disk is almost full: close this writer
   */
  public SpilledRun spill() {
    return fuse.guard(
        "write folded segment",
        () -> {
          records.finish();
          return new SpilledRun(end(), disk);
        });
  }

  private FoldedSegment end() throws IOException {
    channel.close();
    sealed = true;
    return new FoldedSegment(number, aside, entries, end, checksum.value(), coverage);
  }

  /** Removes what was written, unless it was sealed. */
  @Override
  public void close() {
    if (!sealed) {
      sealed = true;
      try {
        drop(this, aside, disk);
      } catch (IOException leftover) {
        // The next open removes it.
      }
    }
  }

  private static void drop(@Nullable FoldedWriter writer, Path aside, DurableFiles disk)
      throws IOException {
    if (writer != null) {
      writer.channel.close();
    }
    disk.deleteDirectory(aside);
  }
}
