package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

class VerifyCommandTest {
  private static final Schema SCHEMA =
      Schema.of("s:", Strategy.OR_SET).and("n:", Strategy.PN_COUNTER);

  @TempDir Path temporary;
  private Path store;

  @BeforeEach
  void createStore() {
    store = temporary.resolve("store");
    try (Tidemark open = Tidemark.open(store, SCHEMA)) {
      for (int i = 0; i < 200; i++) {
        open.update("s:" + i % 10, new Update.Add(Bytes.utf8("element " + i)));
        open.update("n:" + i % 7, new Update.Increment(i + 1));
        if (i == 100) {
          open.roll();
        }
      }
    }
  }

  @Test
  void findsNothingInASoundStoreAndSaysWhatItRead() {
    Tool verify = Tool.fine("verify", store);

    assertThat(verify.lines())
        .anyMatch(line -> line.startsWith("log: positions 1 to 400, 2 segments, 400 commits"))
        .anyMatch(line -> line.startsWith("state: applied to position 400, 17 keys, 200 cells"))
        .contains("log against state: 17 keys compared");
    assertThat(verify.lastLine()).isEqualTo("fine");
    assertThat(Tool.fine("verify", store, "--json").out())
        .contains("\"fine\":true", "\"keysCompared\":17");
  }

  @Test
  void findsAFlippedByteInTheLog() throws IOException {
    Path segment = largest(store.resolve("log"), ".cq4");
    byte[] bytes = Files.readAllBytes(segment);
    int at = indexOf(bytes, "element 42");
    bytes[at] ^= 1;
    Files.write(segment, bytes);

    Tool verify = Tool.run("verify", store);

    assertThat(verify.exitCode()).isEqualTo(2);
    assertThat(verify.out()).contains("damaged: log at segment", "crc32c", "offset=");
    assertThat(verify.lastLine()).isEqualTo("damaged: 1 findings");
    Tool json = Tool.run("verify", store, "--json");
    assertThat(json.lines().get(0)).startsWith("{\"part\":\"log\"");
    assertThat(json.lastLine()).startsWith("{\"fine\":false,\"findings\":1");
  }

  @Test
  void findsAFlippedByteInTheState() throws IOException {
    Path table = largest(store.resolve("state"), ".sst");
    byte[] bytes = Files.readAllBytes(table);
    bytes[40] ^= 1;
    Files.write(table, bytes);

    Tool verify = Tool.run("verify", store);

    assertThat(verify.exitCode()).isEqualTo(2);
    assertThat(verify.out()).contains("damaged: state");
  }

  @Test
  void findsAMissingSegment() throws IOException {
    Files.delete(largest(store.resolve("log"), ".cq4"));

    Tool verify = Tool.run("verify", store);

    assertThat(verify.exitCode()).isEqualTo(2);
    assertThat(verify.out()).contains("damaged: log");
  }

  @Test
  void findsALostCellByItsDigestAndByTheLog() throws RocksDBException {
    changeState("s:", false);

    Tool verify = Tool.run("verify", store);

    assertThat(verify.exitCode()).isEqualTo(2);
    assertThat(verify.out()).contains("DIGEST, namespace s:=or-set, key s:0");
  }

  @Test
  void findsALostKeyThroughTheLogAlone() throws RocksDBException {
    changeState("n:", true);

    Tool verify = Tool.run("verify", store);

    assertThat(verify.exitCode()).isEqualTo(2);
    assertThat(verify.out())
        .contains("damaged: log against state at namespace n:=pn-counter, key n:0")
        .contains("no such key");
  }

  @Test
  void findsAMissingState() throws IOException {
    dev.tidemark.tools.output.Directories.delete(store.resolve("state"));

    Tool verify = Tool.run("verify", store);

    assertThat(verify.exitCode()).isEqualTo(2);
    assertThat(verify.out()).contains("damaged: state", "no directory");
  }

  @Test
  void leavesNothingBehindInItsScratchDirectory() throws IOException {
    Path scratch = temporary.resolve("scratch");

    Tool.fine("verify", store, "--scratch", scratch);

    assertThat(scratch).isEmptyDirectory();
  }

  /** Removes the last cell of the first key, or that key's head, behind the store's back. */
  private void changeState(String prefix, boolean head) throws RocksDBException {
    String state = store.resolve("state").toString();
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    try (Options options = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, state)) {
        families.add(new ColumnFamilyDescriptor(name));
      }
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (DBOptions options = new DBOptions();
        RocksDB db = RocksDB.open(options, state, families, handles)) {
      for (ColumnFamilyHandle handle : handles) {
        if (new String(handle.getName(), StandardCharsets.UTF_8).contains(prefix)) {
          delete(db, handle, head);
        }
      }
      handles.forEach(ColumnFamilyHandle::close);
    }
  }

  private static void delete(RocksDB db, ColumnFamilyHandle family, boolean head)
      throws RocksDBException {
    byte[] record;
    try (RocksIterator records = db.newIterator(family)) {
      records.seekToFirst();
      if (!head) {
        records.next();
      }
      record = records.key();
    }
    db.delete(family, record);
  }

  private static Path largest(Path directory, String suffix) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths
          .filter(path -> path.toString().endsWith(suffix))
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    return at;
  }
}
