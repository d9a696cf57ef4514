package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.SnapshotFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The segments of an open log: the catalogue of the sealed ones, and where readers find each. The
 * catalogue on the disk is the one fact; directories that it does not name are removed after it is
 * replaced, or by the next open.
 */
final class Segments {
  private final StoreFiles files;
  private final byte[] storeId;
  private final DurableFiles disk;
  private final Fuse fuse;
  private final long reserveBytes;
  private final AtomicLong lastNumber;
  private final Object extentsLock = new Object();
  private volatile Catalogue catalogue;
  private volatile List<SegmentExtent> extents;

  Segments(
      StoreFiles files,
      byte[] storeId,
      DurableFiles disk,
      Fuse fuse,
      LogOptions options,
      Catalogue catalogue,
      List<SegmentExtent> extents) {
    this.files = files;
    this.storeId = storeId;
    this.disk = disk;
    this.fuse = fuse;
    this.reserveBytes = options.reserveBytes();
    this.catalogue = catalogue;
    this.extents = extents;
    this.lastNumber = new AtomicLong(catalogue.lastNumber());
  }

  Catalogue catalogue() {
    return catalogue;
  }

  List<SegmentExtent> extents() {
    return extents;
  }

  /** The position of the newest snapshot, which stands for what is cut off. */
  OptionalLong newestSnapshot() {
    return SnapshotFiles.newest(files.snapshots());
  }

  /** A number that no segment has. */
  long takeNumber() {
    return lastNumber.incrementAndGet();
  }

  /** A segment has begun to grow. */
  void grows(SegmentExtent extent) {
    change(all -> all.add(extent));
  }

  /** One that grew is sealed; it is the oldest that was not. */
  synchronized void enter(SegmentInfo segment) throws IOException {
    write(catalogue.with(segment));
  }

  /** A folded segment becomes the last; nothing grows. */
  synchronized SegmentInfo attach(FoldedSegment folded, VersionVector cut, VersionVector bare)
      throws IOException {
    long position = catalogue.lastPosition() + 1;
    SegmentInfo segment = folded.info(position, position);
    Path file = name(folded);
    write(catalogue.with(segment).cutBehind(cut).bareUpTo(bare));
    grows(SegmentExtent.of(segment, file));
    return segment;
  }

  /** See {@link OpLog#folded}. */
  FoldedWriter folded(List<OriginCoverage> coverage) {
    fuse.requireWhole();
    long number = takeNumber();
    return FoldedWriter.create(
        new FoldedWriter.Target(
            number,
            files.foldingSegment(number),
            files.log(),
            Frame.tagOf(storeId),
            disk,
            new SpaceGuard(files.directory(), reserveBytes, disk),
            fuse),
        coverage);
  }

  /** See {@link OpLog#swap}. */
  boolean swap(List<SegmentInfo> originals, FoldedSegment folded) {
    List<OriginCoverage> due =
        Coverage.join(originals.stream().map(SegmentInfo::coverage).toList());
    if (!due.equals(folded.coverage())) {
      throw Problem.of("folded segment covers something else than its originals")
          .with("expected", due)
          .with("actual", folded.coverage())
          .broken();
    }
    return change("swap segments", () -> swapNow(originals, folded));
  }

  private boolean swapNow(List<SegmentInfo> originals, FoldedSegment folded) throws IOException {
    SegmentInfo last = originals.get(originals.size() - 1);
    SegmentInfo segment = folded.info(originals.get(0).firstPosition(), last.lastPosition());
    Catalogue next = catalogue.with(originals, segment);
    if (next == catalogue) {
      return false;
    }
    CrashPoint.SEGMENTS_SWAP.before();
    Path file = name(folded);
    write(next);
    CrashPoint.SEGMENTS_SWAP.after();
    SegmentExtent replacement = SegmentExtent.of(segment, file);
    change(
        all -> {
          int at = LogSource.indexOf(all, segment.firstPosition());
          all.subList(at, at + originals.size()).clear();
          all.add(at, replacement);
        });
    remove(originals);
    return true;
  }

  /** See {@link OpLog#truncateBelow}. */
  void truncateBelow(long position) {
    change("truncate", () -> truncateNow(position));
  }

  private boolean truncateNow(long position) throws IOException {
    Catalogue before = catalogue;
    Catalogue next = before.from(position);
    int dropped = before.segments().size() - next.segments().size();
    if (dropped > 0) {
      CrashPoint.LOG_TRUNCATE.before();
      write(next);
      change(all -> all.subList(0, dropped).clear());
      remove(before.segments().subList(0, dropped));
      CrashPoint.LOG_TRUNCATE.after();
    }
    return dropped > 0;
  }

  /** See {@link OpLog#discard}. */
  void discard(FoldedSegment folded) {
    change("discard folded segment", () -> discardNow(folded));
  }

  private boolean discardNow(FoldedSegment folded) throws IOException {
    boolean isNone = !catalogue.names(folded.number());
    if (isNone) {
      disk.deleteDirectory(folded.aside());
      disk.deleteDirectory(files.segment(folded.number()));
    }
    return isNone;
  }

  /** Gives it the name of a segment, if the last attempt to enter it did not come further. */
  private Path name(FoldedSegment folded) throws IOException {
    Path directory = files.segment(folded.number());
    if (!Files.isDirectory(directory)) {
      disk.move(folded.aside(), directory);
    }
    return directory.resolve(FoldedLayout.DATA_FILE);
  }

  /** Under a lock of its own: an append that begins a segment does not wait for the disk. */
  private void change(Consumer<List<SegmentExtent>> edit) {
    synchronized (extentsLock) {
      List<SegmentExtent> all = new ArrayList<>(extents);
      edit.accept(all);
      extents = List.copyOf(all);
    }
  }

  private void write(Catalogue next) throws IOException {
    disk.replace(files.catalogue(), CatalogueFile.encode(next, storeId));
    catalogue = next;
  }

  private void remove(List<SegmentInfo> gone) throws IOException {
    for (SegmentInfo segment : gone) {
      CrashPoint.SEGMENT_REMOVE.before();
      disk.deleteDirectory(files.segment(segment.number()));
      CrashPoint.SEGMENT_REMOVE.after();
    }
  }

  private boolean change(String doing, Change work) {
    fuse.requireWhole();
    return fuse.guard(
        doing,
        () -> {
          synchronized (this) {
            return work.run();
          }
        });
  }

  /** A change of the log's segments; says whether there was anything to change. */
  private interface Change {
    boolean run() throws IOException;
  }
}
