package dev.tidemark.storage.state;

import dev.tidemark.error.DamagedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.RocksDB;

/** The table files of an open database. */
final class Tables {
  private static final String SUFFIX = ".sst";

  private Tables() {}

  /** How many table files a directory has, of use or not. */
  static long count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).count();
    }
  }

  /**
   * Refuses a database with a table file that is missing or of another size than recorded. RocksDB
   * opens a table when it is first read from, which may be months after the open.
   */
  static void requireAll(RocksDB db, Path directory) {
    for (LiveFileMetaData table : db.getLiveFilesMetaData()) {
      Path file = directory.resolve(table.fileName().substring(1));
      long size;
      try {
        size = Files.size(file);
      } catch (IOException e) {
        throw damaged(directory, file + " is missing");
      }
      if (size != table.size()) {
        throw damaged(directory, file + " has " + size + " bytes and not " + table.size());
      }
    }
  }

  private static DamagedException damaged(Path directory, String what) {
    return StateFailure.damaged("state is damaged", directory, what);
  }
}
