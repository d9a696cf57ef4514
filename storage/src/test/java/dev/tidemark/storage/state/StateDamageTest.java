package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.carts;
import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.names;
import static dev.tidemark.storage.state.States.put;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.error.DamagedException;
import dev.tidemark.storage.state.StateMismatch.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

class StateDamageTest {
  private static final int FIELDS = 20_000;

  @TempDir private Path directory;
  @TempDir private Path copies;

  @BeforeEach
  void fill() {
    try (StateStore store = States.open(directory)) {
      States.foldMap(store, "cart:1", FIELDS);
      fold(store, carts(store), "cart:2", put("apple", "2", 1));
      fold(store, names(store), "name:1", set("Ann", 1));
    }
  }

  @Test
  void undamagedStateIsClean() {
    try (StateStore store = States.open(directory)) {
      StateAudit audit = store.audit(found -> {});

      assertThat(audit.isClean()).isTrue();
      assertThat(audit.keys()).isEqualTo(3);
      assertThat(audit.cells()).isEqualTo(FIELDS + 1);
    }
  }

  /**
   * An iterator ends at a damaged block as if there were nothing more: a short answer, and no
   * error.
   */
  @Test
  void readThatMeetsADamagedBlockFailsAndDoesNotEndEarly() throws IOException {
    flip(largestTable(), 0.5);
    try (StateStore store = States.open(directory)) {
      StoredKey cart = store.view(carts(store), utf8("cart:1"));

      assertThatThrownBy(() -> cart.cells(CellRange.ALL, (id, cell) -> true))
          .isInstanceOf(DamagedException.class)
          .hasMessageContaining("checksum")
          .hasMessageContaining("directory=" + directory);
      assertThat(store.view(names(store), utf8("name:1")).isStored()).isTrue();
    }
  }

  @Test
  void auditNamesTheNamespaceOfADamagedBlockAndGoesOn() throws IOException {
    flip(largestTable(), 0.5);
    try (StateStore store = States.open(directory)) {
      List<StateMismatch> found = States.mismatches(store);

      assertThat(found).anyMatch(one -> one.kind() == Kind.CHECKSUM);
      assertThat(found)
          .anyMatch(
              one ->
                  one.kind() == Kind.BLOCK
                      && carts(store).equals(one.namespace())
                      && utf8("cart:1").equals(one.key())
                      && one.actual().contains(".sst"));
      assertThat(found).hasSize(2);
    }
  }

  @Test
  void foldOverADamagedBlockFailsAndCommitsNothing() throws IOException {
    flip(largestTable(), 0.5);
    try (StateStore store = States.open(directory)) {
      Progress before = store.progress();
      assertThatThrownBy(() -> fold(store, carts(store), "cart:1", States.delete(1_000_000)))
          .isInstanceOf(DamagedException.class);
      assertThat(store.progress()).isEqualTo(before);
    }
  }

  @Test
  void lostCellIsFoundByCountAndDigest() throws RocksDBException {
    tamper((db, batch) -> batch.delete(db.family(utf8("cart:")), cell("cart:1", "field-0000007")));

    List<StateMismatch> found = audit();

    assertThat(found).extracting(StateMismatch::kind).containsExactly(Kind.LIVE_CELLS, Kind.DIGEST);
    assertThat(found.get(0).key()).isEqualTo(utf8("cart:1"));
    assertThat(found.get(0).expected()).isEqualTo("20000");
    assertThat(found.get(0).actual()).isEqualTo("19999");
  }

  @Test
  void alteredCellIsFoundByItsDigest() throws RocksDBException {
    byte[] other = put("apple", "3", 1).cell(utf8("apple"));
    tamper((db, batch) -> batch.put(db.family(utf8("cart:")), cell("cart:2", "apple"), other));

    assertThat(audit()).extracting(StateMismatch::kind).containsExactly(Kind.DIGEST);
  }

  @Test
  void lostHeadIsFoundAndStopsACursor() throws RocksDBException {
    byte[] head = CellKey.head(CellKey.stem(utf8("cart:2")));
    tamper((db, batch) -> batch.delete(db.family(utf8("cart:")), head));

    assertThat(audit()).extracting(StateMismatch::kind).containsExactly(Kind.HEAD_MISSING);
    try (StateStore store = States.open(directory)) {
      assertThatThrownBy(() -> States.keys(store, carts(store), KeyRange.ALL))
          .isInstanceOf(DamagedException.class)
          .hasMessageContaining("cells without a head");
    }
  }

  @Test
  void recordThatMakesNoSenseIsFoundAndRefusedOnRead() throws RocksDBException {
    byte[] head = CellKey.head(CellKey.stem(utf8("name:1")));
    tamper((db, batch) -> batch.put(db.family(utf8("name:")), head, new byte[] {1, 2}));

    assertThat(audit()).extracting(StateMismatch::kind).containsExactly(Kind.RECORD);
    try (StateStore store = States.open(directory)) {
      assertThatThrownBy(() -> store.view(names(store), utf8("name:1")).head())
          .isInstanceOf(DamagedException.class)
          .hasMessageContaining("malformed record");
    }
  }

  @Test
  void missingOrShortenedFilesAreDamageAtOpen() throws IOException {
    openingAfter(copy -> Files.delete(copy.resolve("CURRENT")));
    openingAfter(copy -> Files.delete(largestTable(copy)));
    openingAfter(copy -> cut(largestTable(copy), 100));
    openingAfter(copy -> cut(manifest(copy), 20));
  }

  private void openingAfter(FileAction damage) throws IOException {
    Path copy = Files.createTempDirectory(copies, "copy");
    States.copyDirectory(directory, copy);
    damage.run(copy);
    assertThatThrownBy(() -> States.open(copy).close())
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("state is damaged");
  }

  private List<StateMismatch> audit() {
    try (StateStore store = States.open(directory)) {
      return States.mismatches(store);
    }
  }

  private void tamper(Tampering tampering) throws RocksDBException {
    Database db = Database.open(directory, States.SMALL);
    try (WriteBatch batch = new WriteBatch()) {
      tampering.run(db, batch);
      db.write(batch);
      db.flush();
    }
    db.close();
  }

  private static byte[] cell(String key, String field) {
    return CellKey.cell(CellKey.stem(utf8(key)), utf8(field));
  }

  private Path largestTable() throws IOException {
    return largestTable(directory);
  }

  private static Path largestTable(Path directory) throws IOException {
    return States.tables(directory).stream()
        .max(Comparator.comparing(table -> table.toFile().length()))
        .orElseThrow();
  }

  private static Path manifest(Path directory) throws IOException {
    return directory.resolve(Files.readString(directory.resolve("CURRENT")).strip());
  }

  private static void flip(Path file, double where) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long offset = (long) (bytes.length() * where);
      bytes.seek(offset);
      int before = bytes.read();
      bytes.seek(offset);
      bytes.write(before ^ 0x10);
    }
  }

  private static void cut(Path file, long length) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(length);
    }
  }

  private interface Tampering {
    void run(Database db, WriteBatch batch) throws RocksDBException;
  }

  private interface FileAction {
    void run(Path copy) throws IOException;
  }
}
