package dev.tidemark.storage.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.rocksdb.LiveFileMetaData;

/** The table files of an open database. */
final class Tables {
  private static final String SUFFIX = ".sst";

  private Tables() {}

  /** The table files of a directory, of use or not, and their bytes. */
  record Found(long count, long bytes) {}

  /** The table files that a directory has; whoever has it open may remove some meanwhile. */
  static Found in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      LongSummaryStatistics sizes =
          files
              .filter(file -> file.toString().endsWith(SUFFIX))
              .mapToLong(file -> file.toFile().length())
              .summaryStatistics();
      return new Found(sizes.getCount(), sizes.getSum());
    }
  }

  /**
   * Refuses a database with a table file that is missing or of another size than recorded. RocksDB
   * opens a table when it is first read from, which may be months after the open.
   *
   * <p>A database that is open for writing merges tables from its first moment and removes what it
   * has merged, which is no damage. Numbers of tables are not used twice, so a table that is listed
   * before and after its file was looked for was in use all the while.
   *
   * @param listing lists the tables that are in use now
   */
  static void requireAll(Supplier<List<LiveFileMetaData>> listing, Path directory) {
    Map<String, String> faults = new LinkedHashMap<>();
    for (LiveFileMetaData table : listing.get()) {
      fault(table, directory).ifPresent(fault -> faults.put(table.fileName(), fault));
    }
    if (faults.isEmpty()) {
      return;
    }
    for (LiveFileMetaData table : listing.get()) {
      String fault = faults.get(table.fileName());
      if (fault != null) {
        throw StateFailure.damaged("state is damaged", directory, fault);
      }
    }
  }

  private static Optional<String> fault(LiveFileMetaData table, Path directory) {
    Path file = directory.resolve(table.fileName().substring(1));
    long size;
    try {
      size = Files.size(file);
    } catch (IOException e) {
      return Optional.of(file + " is missing");
    }
    return size == table.size()
        ? Optional.empty()
        : Optional.of(file + " has " + size + " bytes and not " + table.size());
  }
}
