package dev.tidemark.storage.log;

import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * @param leftovers what a compaction or truncation that was interrupted has left: segments of this
 *     store that are not in the catalogue, and hold what the catalogue's hold or had, or are folded
 */
record LogFacts(
    Optional<CatalogueFile.Read> catalogue,
    Optional<DurableMark.Reading> mark,
    Map<Long, SegmentFiles> segments,
    Map<Long, Long> lengths,
    Map<Long, SegmentScan> scans,
    List<Path> leftovers) {
  private static final int TRIES = 8;

  /** Looks at a store's log. */
  static LogFacts gather(StoreFiles files, byte @Nullable [] storeId) throws IOException {
    LogFacts facts = gatherOnce(files, storeId);
    for (int i = 1; i < TRIES && !facts.isStill(readCatalogue(files, storeId)); i++) {
      facts = gatherOnce(files, storeId);
    }
    return facts;
  }

  /** Of a store that another process has open, segments are swapped between two glances. */
  private boolean isStill(Optional<CatalogueFile.Read> now) {
    return catalogue
        .map(CatalogueFile.Read::catalogue)
        .equals(now.map(CatalogueFile.Read::catalogue));
  }

  private static LogFacts gatherOnce(StoreFiles files, byte @Nullable [] storeId)
      throws IOException {
    Optional<CatalogueFile.Read> catalogue = readCatalogue(files, storeId);
    Optional<DurableMark.Reading> mark = DurableMark.read(files.durableMark(), storeId);
    // Last: what another process seals meanwhile is then scanned, not missed.
    List<SegmentFiles> directories = SegmentFiles.list(files);
    LogFacts facts =
        new LogFacts(
            catalogue,
            mark,
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new ArrayList<>(SegmentFiles.unfinished(files)));
    for (SegmentFiles segment : directories) {
      facts.take(segment);
    }
    return facts;
  }

  private void take(SegmentFiles segment) throws IOException {
    Catalogue known = catalogue.map(CatalogueFile.Read::catalogue).orElse(Catalogue.EMPTY);
    boolean isNamed = known.names(segment.number());
    if (!isNamed && isLeftover(segment)) {
      leftovers.add(segment.directory());
      return;
    }
    segments.put(segment.number(), segment);
    if (segment.dataFiles().size() == 1) {
      Path file = segment.dataFiles().get(0);
      if (isNamed) {
        lengths.put(segment.number(), Files.size(file));
      } else {
        scans.put(segment.number(), SegmentScan.of(file, Long.MAX_VALUE));
      }
    }
  }

  /**
   * Told from the first entry, for there may be many and they may be large. What a crash left
   * unsealed begins behind the end of the catalogue; and a folded segment gets its name when it is
   * whole.
   */
  private boolean isLeftover(SegmentFiles segment) throws IOException {
    if (catalogue.isEmpty() || segment.dataFiles().size() != 1) {
      return false;
    }
    Path file = segment.dataFiles().get(0);
    try (SegmentReader reader = SegmentReader.open(file)) {
      return reader.next(Files.size(file)) == SegmentReader.Step.ENTRY
          && reader.storeTag() == Frame.tagOf(catalogue.get().storeId())
          && (reader.kind() == FrameLayout.KIND_FOLDED
              || reader.position() <= catalogue.get().catalogue().lastPosition());
    }
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
