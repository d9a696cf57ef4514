package dev.tidemark.storage.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read in one walk, and kept, is what a moment of the state shows. */
class SmallKeyTest {
  private static final Namespace MAPS = new Namespace(Bytes.utf8("m:"), Strategy.LWW_MAP);
  private static final int READS = 3;

  @TempDir private Path directory;
  private StateStore state;
  private long stamp;

  @BeforeEach
  void open() {
    state = StateStore.open(directory, Schema.of("m:", Strategy.LWW_MAP), States.SMALL);
  }

  @AfterEach
  void close() {
    state.close();
  }

  private void put(String key, int field, int bytes) {
    stamp++;
    byte[] cell = VersionedCell.encode(new Version(stamp, 1, stamp), Bytes.wrap(new byte[bytes]));
    KeyDelta delta = KeyDelta.of(MAPS.strategy().lattice().bottom(), id(field), cell);
    try (FoldBatch batch = state.fold()) {
      batch.join(MAPS, Bytes.utf8(key), delta);
      batch.progress(stamp, stamp, Collections.emptySortedMap());
      batch.commit();
    }
  }

  private static Bytes id(int field) {
    return Bytes.utf8("f%03d".formatted(field));
  }

  private static List<String> cells(KeyView view, CellRange range, int most) {
    List<String> cells = new ArrayList<>();
    view.cells(
        range,
        (id, cell) -> {
          cells.add(id + "=" + VersionedCell.decode(cell).version());
          return cells.size() < most;
        });
    return cells;
  }

  private KeyView small(String key) {
    return state.small(MAPS, Bytes.utf8(key));
  }

  @Test
  void itIsWhatAMomentShowsWhateverWasReadBefore() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 300; i++) {
      put("m:" + random.nextInt(4), random.nextInt(12), random.nextInt(40));
      String key = "m:" + random.nextInt(5);
      for (int read = 0; read < READS; read++) {
        KeyView small = small(key);
        try (Pin pin = state.pin()) {
          StoredKey stored = state.view(pin, MAPS, Bytes.utf8(key));
          assertThat(small.head()).isEqualTo(stored.head());
          Bytes one = id(random.nextInt(12));
          assertThat(small.cell(one)).isEqualTo(stored.cell(one));
          CellRange some = new CellRange(id(random.nextInt(6)), id(3 + random.nextInt(9)));
          for (CellRange range : List.of(CellRange.ALL, some, CellRange.NONE)) {
            int most = 1 + random.nextInt(12);
            assertThat(cells(small, range, most)).isEqualTo(cells(stored, range, most));
          }
        }
      }
    }
  }

  @Test
  void aKeyOfManyOrLongCellsIsNotSmall() {
    for (int field = 0; field < 40; field++) {
      put("m:many", field, 0);
    }
    put("m:long", 0, SmallKey.MOST_BYTES);
    int bytes = 100;
    for (int field = 0; field < 10; field++) {
      put("m:record", field, bytes);
    }
    assertThat(small("m:record")).isNotNull();
    assertThat(small("m:long")).isNull();
    assertThat(small("m:many")).isNull();
  }

  @Test
  void nothingIsReadFromMemoryOnceTheStateIsClosed() {
    put("m:a", 0, 1);
    for (int read = 0; read < READS; read++) {
      assertThat(small("m:a").cell(id(0))).isNotNull();
    }
    state.close();
    assertThatThrownBy(() -> small("m:a")).isInstanceOf(IllegalStateException.class);
  }
}
