package dev.tidemark.storage.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.DamagedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactRangeOptions.BottommostLevelCompaction;
import org.rocksdb.FlushOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What counts as a table that is missing. */
class TablesTest {
  @TempDir Path directory;

  /**
   * A store that was killed while it wrote had many small tables. The next open began to merge them
   * at once, and removed one between listing the tables and looking for its file: a sound store was
   * refused as damaged, once in some dozen opens.
   */
  @Test
  void aTableThatIsMergedAwayWhileItIsLookedForIsNotMissing() throws RocksDBException {
    try (Options options = options();
        RocksDB db = RocksDB.open(options, directory.toString())) {
      flush(db, "a");
      flush(db, "b");
      List<LiveFileMetaData> before = db.getLiveFilesMetaData();
      merge(db);
      List<LiveFileMetaData> after = db.getLiveFilesMetaData();
      assertThat(before).hasSize(2).allSatisfy(table -> assertThat(file(table)).doesNotExist());
      assertThat(after).allSatisfy(table -> assertThat(file(table)).exists());
      Deque<List<LiveFileMetaData>> listings = new ArrayDeque<>(List.of(before, after));

      assertThatCode(() -> Tables.requireAll(listings::remove, directory))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aTableThatIsInUseIsMissingWhenItsFileIs() throws Exception {
    try (Options options = options();
        RocksDB db = RocksDB.open(options, directory.toString())) {
      flush(db, "a");
      Path table = file(db.getLiveFilesMetaData().get(0));
      Files.delete(table);

      assertThatThrownBy(() -> Tables.requireAll(db::getLiveFilesMetaData, directory))
          .isInstanceOf(DamagedException.class)
          .hasMessageContaining(table + " is missing");
    }
  }

  private Path file(LiveFileMetaData table) {
    return directory.resolve(table.fileName().substring(1));
  }

  private static void merge(RocksDB db) throws RocksDBException {
    try (CompactRangeOptions all =
        new CompactRangeOptions().setBottommostLevelCompaction(BottommostLevelCompaction.kForce)) {
      db.compactRange(db.getDefaultColumnFamily(), null, null, all);
    }
  }

  private static Options options() {
    NativeLibrary.load();
    return new Options().setCreateIfMissing(true).setDisableAutoCompactions(true);
  }

  private static void flush(RocksDB db, String value) throws RocksDBException {
    try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
      db.put(bytes("key"), bytes(value));
      db.flush(wait);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
