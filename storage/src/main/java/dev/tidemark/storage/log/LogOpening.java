package dev.tidemark.storage.log;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.error.DamagedException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.Quarantine;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Acts on a verdict: every step can be taken again when a crash interrupts it. */
final class LogOpening {
  static final DurableMark.Reading NO_MARK = new DurableMark.Reading(0, 0);

  private final StoreFiles files;
  private final byte[] storeId;
  private final DurableFiles disk;

  /** A log that can be appended to. */
  record Opened(
      Catalogue catalogue, List<SegmentExtent> extents, DurableMark mark, LogRecovery recovery) {}

  LogOpening(StoreFiles files, byte[] storeId, DurableFiles disk) {
    this.files = files;
    this.storeId = storeId;
    this.disk = disk;
  }

  /**
   * Opens the log that was looked at.
   *
   * @throws DamagedException if it was found in a condition that is not opened
   */
  Opened open(LogFacts facts, LogVerdict verdict) throws IOException {
    long start = System.nanoTime();
    if (verdict.refusal() != null) {
      throw verdict.refusal();
    }
    DurableMark.Reading marked = facts.mark().orElse(NO_MARK);
    Catalogue catalogue = facts.catalogue().map(CatalogueFile.Read::catalogue).orElse(null);
    if (catalogue == null) {
      catalogue = begin(1, VersionVector.EMPTY, marked);
    }
    for (SegmentFiles segment : verdict.empty()) {
      disk.deleteDirectory(segment.directory());
    }
    for (SegmentFiles segment : verdict.begunEarly()) {
      // Before what it lies behind is sealed, and appended to again from there.
      new Quarantine(files, disk).take(segment.directory());
    }
    for (Path leftover : verdict.leftovers()) {
      disk.deleteDirectory(leftover);
    }
    for (Map.Entry<Long, SegmentScan> unsealed : verdict.unsealed().entrySet()) {
      CrashPoint.RECOVERY_SEAL.before();
      seal(unsealed.getKey(), unsealed.getValue());
      CrashPoint.RECOVERY_SEAL.after();
      catalogue = catalogue.with(unsealed.getValue().info(unsealed.getKey(), true));
    }
    if (!verdict.unsealed().isEmpty()) {
      write(catalogue);
    }
    List<SegmentExtent> extents = LogReader.extents(files, catalogue);
    DurableMark.Reading reached =
        new DurableMark.Reading(marked.generation() + 1, catalogue.lastPosition());
    DurableMark mark = DurableMark.create(files.durableMark(), storeId, reached, disk);
    LogRecovery recovery = recovery(facts, verdict, start);
    return new Opened(catalogue, extents, mark, recovery);
  }

  /**
   * Begins an empty log where there is none. The mark first: where there is a catalogue there is
   * then a mark, and a mark that is missing is known to be lost.
   */
  Catalogue begin(long firstPosition, VersionVector cut, DurableMark.Reading marked)
      throws IOException {
    disk.createDirectory(files.log());
    long generation = marked.generation() + 1;
    DurableMark.create(
            files.durableMark(),
            storeId,
            new DurableMark.Reading(generation, Math.max(marked.position(), firstPosition - 1)),
            disk)
        .close();
    Catalogue catalogue = new Catalogue(firstPosition, cut, VersionVector.EMPTY, List.of());
    write(catalogue);
    return catalogue;
  }

  private static LogRecovery recovery(LogFacts facts, LogVerdict verdict, long startNanos) {
    Collection<SegmentScan> scans = facts.scans().values();
    return new LogRecovery(
        verdict.condition(),
        scans.stream().mapToLong(SegmentScan::entries).sum(),
        scans.stream().mapToLong(SegmentScan::tornBytes).sum(),
        verdict.unsealed().size(),
        verdict.empty().size(),
        verdict.begunEarly().size(),
        (System.nanoTime() - startNanos) / 1_000_000);
  }

  /**
   * Makes a segment that a crash left open what a sealed one is. It is written anew also where the
   * durable mark covers all of it: if what had failed was the force of its cut, the kernel takes
   * the new length for saved, and after a power loss it would not have the length of the catalogue.
   */
  private void seal(long number, SegmentScan scan) throws IOException {
    disk.rewrite(scan.file(), scan.bytes());
    SegmentFiles.removeAllBut(files.segment(number), scan.file(), disk);
    disk.forceDirectory(files.segment(number));
    disk.forceDirectory(files.log());
  }

  private void write(Catalogue catalogue) throws IOException {
    disk.replace(files.catalogue(), CatalogueFile.encode(catalogue, storeId));
  }
}
