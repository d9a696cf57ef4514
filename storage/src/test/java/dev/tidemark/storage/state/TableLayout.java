package dev.tidemark.storage.state;

import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/** How the tables of a state are laid out. */
public final class TableLayout {
  private TableLayout() {}

  /** Whether a table of a directory, which may be in use, has its index in parts. */
  public static boolean anyInParts(Path directory) throws IOException {
    for (Path table : States.tables(directory)) {
      if (isInParts(table)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isInParts(Path table) {
    try (Options options = new Options();
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(table.toString());
      return reader.getTableProperties().getIndexPartitions() > 0;
    } catch (RocksDBException e) {
      // Merged away meanwhile.
      return false;
    }
  }
}
