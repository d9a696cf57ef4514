package dev.tidemark.storage.log;

import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is on the disk when a log is opened, gathered without writing a byte; {@link LogVerdict}
 * judges it.
 *
 * @param catalogue the catalogue, or empty if there is none
 * @param mark the durable mark, or empty if there is none that can be read
 * @param segments the segments' directories, by number
 * @param lengths the length of each data file of a sealed segment that has exactly one, by number
 * @param scans the walks over those that the catalogue does not name and that have a data file
 */
record LogFacts(
    Optional<CatalogueFile.Read> catalogue,
    Optional<DurableMark.Reading> mark,
    Map<Long, SegmentFiles> segments,
    Map<Long, Long> lengths,
    Map<Long, SegmentScan> scans) {

  /** Looks at a store's log. */
  static LogFacts gather(StoreFiles files, byte @Nullable [] storeId) throws IOException {
    Optional<CatalogueFile.Read> catalogue = readCatalogue(files, storeId);
    Optional<DurableMark.Reading> mark = DurableMark.read(files.durableMark(), storeId);
    // Last: what another process seals meanwhile is then scanned, not missed.
    List<SegmentFiles> directories = SegmentFiles.list(files);
    Map<Long, SegmentFiles> segments = new LinkedHashMap<>();
    Map<Long, Long> lengths = new LinkedHashMap<>();
    Map<Long, SegmentScan> scans = new LinkedHashMap<>();
    Set<Long> sealed = new HashSet<>();
    catalogue.ifPresent(
        read -> read.catalogue().segments().forEach(segment -> sealed.add(segment.number())));
    for (SegmentFiles segment : directories) {
      segments.put(segment.number(), segment);
      if (segment.dataFiles().size() == 1) {
        if (sealed.contains(segment.number())) {
          lengths.put(segment.number(), Files.size(segment.dataFiles().get(0)));
        } else {
          scans.put(segment.number(), SegmentScan.of(segment.dataFiles().get(0), Long.MAX_VALUE));
        }
      }
    }
    return new LogFacts(catalogue, mark, segments, lengths, scans);
  }

  private static Optional<CatalogueFile.Read> readCatalogue(
      StoreFiles files, byte @Nullable [] storeId) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(files.catalogue());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return Optional.of(CatalogueFile.decode(files.catalogue(), bytes, storeId));
  }
}
