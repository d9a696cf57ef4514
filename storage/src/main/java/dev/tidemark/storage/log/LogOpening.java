package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.util.Map;

/** Acts on a verdict: every step can be taken again when a crash interrupts it. */
final class LogOpening {
  private final StoreFiles files;
  private final byte[] storeId;
  private final DurableFiles disk;

  /** A log that can be appended to. */
  record Opened(Catalogue catalogue, DurableMark mark, LogRecovery recovery) {}

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
    long markBefore = openMark(facts);
    Catalogue catalogue = facts.catalogue().map(CatalogueFile.Read::catalogue).orElse(null);
    if (catalogue == null) {
      // The mark first: a log with segments always has both.
      disk.createDirectory(files.log());
      catalogue = Catalogue.EMPTY;
      write(catalogue);
    }
    long torn = 0;
    for (SegmentFiles segment : verdict.empty()) {
      SegmentScan scan = facts.scans().get(segment.number());
      torn += scan == null || scan.damage() == null ? 0 : scan.tornBytes();
      disk.deleteDirectory(segment.directory());
    }
    for (Map.Entry<Long, SegmentScan> unsealed : verdict.unsealed().entrySet()) {
      SegmentScan scan = unsealed.getValue();
      torn += scan.tornBytes();
      seal(unsealed.getKey(), scan, markBefore);
      catalogue = catalogue.with(scan.info(unsealed.getKey(), true));
    }
    if (!verdict.unsealed().isEmpty()) {
      write(catalogue);
    }
    DurableMark.Reading reading =
        DurableMark.read(files.durableMark(), storeId).orElse(new DurableMark.Reading(0, 0));
    DurableMark mark = DurableMark.open(files.durableMark(), storeId, reading, disk);
    mark.advance(catalogue.lastPosition());
    mark.force();
    long scanned = facts.scans().values().stream().mapToLong(SegmentScan::entries).sum();
    LogRecovery recovery =
        new LogRecovery(
            verdict.outcome(),
            scanned,
            torn,
            verdict.unsealed().size(),
            verdict.empty().size(),
            (System.nanoTime() - start) / 1_000_000);
    return new Opened(catalogue, mark, recovery);
  }

  private long openMark(LogFacts facts) throws IOException {
    if (facts.mark().isPresent()) {
      return facts.mark().get().position();
    }
    DurableMark.create(files.durableMark(), storeId, disk);
    return 0;
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
