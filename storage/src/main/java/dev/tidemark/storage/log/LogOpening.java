package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Acts on a verdict: every step can be taken again when a crash interrupts it. */
final class LogOpening {
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

  Opened open() throws IOException {
    long start = System.nanoTime();
    LogFacts facts = LogFacts.gather(files, storeId);
    LogVerdict verdict = LogVerdict.of(facts, files);
    if (verdict.refusal() != null) {
      throw verdict.refusal();
    }
    DurableMark.Reading marked = facts.mark().orElse(new DurableMark.Reading(0, 0));
    Catalogue catalogue = facts.catalogue().map(CatalogueFile.Read::catalogue).orElse(null);
    if (catalogue == null) {
      disk.createDirectory(files.log());
      catalogue = Catalogue.EMPTY;
      write(catalogue);
    }
    for (SegmentFiles segment : verdict.empty()) {
      disk.deleteDirectory(segment.directory());
    }
    for (Map.Entry<Long, SegmentScan> unsealed : verdict.unsealed().entrySet()) {
      seal(unsealed.getKey(), unsealed.getValue(), marked.position());
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

  private static LogRecovery recovery(LogFacts facts, LogVerdict verdict, long startNanos) {
    Collection<SegmentScan> scans = facts.scans().values();
    return new LogRecovery(
        verdict.outcome(),
        scans.stream().mapToLong(SegmentScan::entries).sum(),
        scans.stream().mapToLong(SegmentScan::tornBytes).sum(),
        verdict.unsealed().size(),
        verdict.empty().size(),
        (System.nanoTime() - startNanos) / 1_000_000);
  }

  /** Makes a segment that a crash left open what a sealed one is. */
  private void seal(long number, SegmentScan scan, long markBefore) throws IOException {
    if (scan.lastPosition() > markBefore) {
      disk.rewrite(scan.file(), scan.bytes());
    } else {
      disk.truncate(scan.file(), scan.bytes());
    }
    SegmentFiles.removeAllBut(files.segment(number), scan.file(), disk);
    disk.forceDirectory(files.segment(number));
    disk.forceDirectory(files.log());
  }

  private void write(Catalogue catalogue) throws IOException {
    disk.replace(files.catalogue(), CatalogueFile.encode(catalogue, storeId));
  }
}
