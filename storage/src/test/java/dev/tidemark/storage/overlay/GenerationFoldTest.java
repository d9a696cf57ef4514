package dev.tidemark.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.log.LogPlace;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.StateOptions;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationFoldTest {
  private static final Schema SCHEMA = Schema.empty();
  private static final int KEYS = 200;
  private static final int VALUE_BYTES = 60_000;

  @TempDir private Path directory;
  private Path log;
  private StateStore state;

  @BeforeEach
  void open() {
    log = directory.resolve("log");
    state = StateStore.open(directory.resolve("state"), SCHEMA, StateOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    state.close();
  }

  /**
   * A generation goes into the state in several batches. A crash between two of them leaves new
   * values under an old position; what replays the log folds it in other generations, of which the
   * first has older values for the same keys, and is newer than the clock of the state.
   */
  @Test
  void whatAFoldLeftHalfDoneIsFoldedAgainInOtherGenerations() throws IOException {
    List<LogPlace> places = write();
    try (Overlay overlay = overlay(places, 0, 2 * KEYS)) {
      byte[] whole = Files.readAllBytes(log);
      Files.write(log, Arrays.copyOf(whole, (int) places.get(KEYS + KEYS / 2).bodyAt()));
      assertThatThrownBy(() -> overlay.oldestFrozen().foldInto(state))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("log ends before");
      Files.write(log, whole);
    }
    assertThat(state.progress().applied()).isZero();
    assertThat(state.midway()).isEqualTo(2 * KEYS);
    assertThat(stamp(0)).isEqualTo(KEYS + 1);
    assertThat(stamp(KEYS - 1)).isZero();

    fold(places, 0, KEYS);
    assertThat(state.progress().applied()).isEqualTo(KEYS);
    assertThat(state.midway()).isEqualTo(2 * KEYS);

    fold(places, KEYS, 2 * KEYS);
    assertThat(state.progress().applied()).isEqualTo(2 * KEYS);
    assertThat(state.midway()).isZero();
    for (int key = 0; key < KEYS; key++) {
      assertThat(stamp(key)).isEqualTo(KEYS + key + 1);
    }
  }

  private void fold(List<LogPlace> places, int from, int to) {
    try (Overlay overlay = overlay(places, from, to)) {
      Generation generation = overlay.oldestFrozen();
      generation.foldInto(state);
      overlay.retire(generation);
    }
  }

  private long stamp(int key) {
    Bytes bytes = key(key);
    byte[] head = state.view(SCHEMA.of(bytes), bytes).head();
    return SCHEMA.of(bytes).strategy().lattice().rank(head);
  }

  private static Overlay overlay(List<LogPlace> places, int from, int to) {
    Overlay overlay = new Overlay();
    for (int i = from; i < to; i++) {
      OriginRow row = new OriginRow(i + 1, i + 1, 0, VersionVector.EMPTY);
      overlay.apply(commit(i), i + 1, places.get(i), row, i + 1);
    }
    overlay.freeze();
    return overlay;
  }

  /** Each key twice. */
  private List<LogPlace> write() throws IOException {
    ByteWriter out = new ByteWriter();
    List<LogPlace> places = new ArrayList<>();
    for (int i = 0; i < 2 * KEYS; i++) {
      int at = out.length();
      CommitCodec.encode(commit(i).header(), commit(i).operations(), 0, out);
      places.add(new LogPlace(1, log, at, out.length() - at));
    }
    Files.write(log, out.toByteArray());
    return places;
  }

  private static Commit commit(int i) {
    Bytes key = key(i % KEYS);
    byte[] head =
        VersionedCell.encode(new Version(i + 1, 1, i + 1), Bytes.wrap(new byte[VALUE_BYTES]));
    return new Commit(
        new CommitHeader(1, i + 1, i + 1, 1, VersionVector.EMPTY, 0),
        List.of(new Operation(SCHEMA.of(key), key, KeyDelta.ofHead(head))));
  }

  private static Bytes key(int n) {
    return Bytes.utf8("key:" + (1_000 + n));
  }
}
