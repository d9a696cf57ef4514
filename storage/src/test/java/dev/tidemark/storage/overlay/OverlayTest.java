package dev.tidemark.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.storage.state.OriginRow;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OverlayTest {
  private static final Schema SCHEMA = Schema.of("", Strategy.LWW_REGISTER);
  private static final Bytes FIRST = Bytes.utf8("a");
  private static final Bytes SECOND = Bytes.utf8("b");

  private final Overlay overlay = new Overlay();

  /**
   * Memory ran out in the middle of a commit that the log had taken. Writing ended, as it should,
   * but half of the commit could be read, and was folded under the position before it: after a
   * power failure that took the commit from the log, half of it stayed in the state for ever.
   */
  /** A flush that met the close of its store was told of half a commit. */
  @Test
  void whoComesAfterTheCloseIsToldOfIt() {
    overlay.apply(new Commit(header(1, 1), List.of(set(FIRST, 1))), 1, null, row(1), 1);
    overlay.close();

    assertThatThrownBy(overlay::freeze)
        .isNotInstanceOf(StorePoisonedException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> overlay.runs(FIRST, CellRange.ALL)).hasMessageContaining("closed");
  }

  @Test
  void neitherShowsNorFreezesACommitThatFailedHalfway() {
    overlay.apply(new Commit(header(1, 1), List.of(set(FIRST, 1))), 1, null, row(1), 1);
    overlay.freeze();
    overlay.apply(new Commit(header(2, 1), List.of(set(FIRST, 2))), 2, null, row(2), 2);
    Commit torn = new Commit(header(3, 2), List.of(set(FIRST, 3), withoutMemory(SECOND)));
    assertThatThrownBy(() -> overlay.apply(torn, 3, null, row(4), 4))
        .isInstanceOf(OutOfMemoryError.class);

    assertThatThrownBy(() -> overlay.runs(FIRST, CellRange.ALL))
        .isInstanceOf(StorePoisonedException.class);
    assertThatThrownBy(overlay::freeze).isInstanceOf(StorePoisonedException.class);
    // What was frozen before is whole: the folder may have it.
    assertThat(overlay.frozen()).hasSize(1);
    assertThat(overlay.oldestFrozen().lastPosition()).isEqualTo(1);
  }

  private static CommitHeader header(long sequence, int operations) {
    return new CommitHeader(1, sequence, sequence, operations, VersionVector.EMPTY, 0);
  }

  private static OriginRow row(long sequence) {
    return new OriginRow(sequence, sequence, 0, VersionVector.EMPTY);
  }

  private static Operation set(Bytes key, long sequence) {
    Namespace namespace = SCHEMA.of(key);
    var lattice = namespace.strategy().lattice();
    KeyDelta delta =
        lattice.prepare(
            new Update.SetValue(Bytes.utf8("v" + sequence)),
            KeyDelta.ofHead(lattice.bottom()),
            new OperationId(1, sequence, sequence));
    return new Operation(namespace, key, delta);
  }

  /** A delta for whose cells there is no memory left. */
  private static Operation withoutMemory(Bytes key) {
    Operation operation = set(key, 4);
    TreeMap<Bytes, byte[]> cells =
        new TreeMap<>() {
          @Override
          public Set<Map.Entry<Bytes, byte[]>> entrySet() {
            throw new OutOfMemoryError("of a test");
          }
        };
    return new Operation(operation.namespace(), key, new KeyDelta(operation.delta().head(), cells));
  }
}
