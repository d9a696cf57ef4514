package dev.tidemark.storage.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.OriginRow;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What compaction in the background gives way to. */
class BackpressureTest {
  private static final Schema SCHEMA = Schema.of("", Strategy.LWW_REGISTER);

  private final Overlay overlay = new Overlay();
  private double crowding;

  private Backpressure of(long limit) {
    return new Backpressure(overlay, limit, () -> crowding, null, () -> {});
  }

  private void set(long number) {
    var lattice = Strategy.LWW_REGISTER.lattice();
    Bytes key = Bytes.utf8("key:" + number);
    KeyDelta delta =
        lattice.prepare(
            new Update.SetValue(Bytes.utf8("value")),
            KeyDelta.ofHead(lattice.bottom()),
            new OperationId(1, number, number));
    Operation operation = new Operation(SCHEMA.of(key), key, delta);
    CommitHeader header = new CommitHeader(1, number, number, 1, VersionVector.EMPTY, 0);
    overlay.apply(
        new Commit(header, List.of(operation)),
        number,
        null,
        new OriginRow(number, number, 0, VersionVector.EMPTY),
        number);
  }

  @Test
  void isFeltWhereTheLogIsFilledFasterThanItIsSealed() {
    crowding = 0.4;
    assertThat(of(1 << 20).isFelt()).isFalse();
    crowding = 0.6;
    assertThat(of(1 << 20).isFelt()).isTrue();
  }

  @Test
  void isFeltWhereMemoryIsFilledFasterThanItIsFolded() {
    for (int number = 1; number <= 100; number++) {
      set(number);
    }
    long bytes = overlay.bytes();
    // Nothing is frozen: what fills up would be frozen first.
    assertThat(of(bytes + 1).isFelt()).isFalse();
    overlay.freeze();
    assertThat(of(bytes + 1).isFelt()).isTrue();
    assertThat(of(bytes - 1).isFelt()).isTrue();
    assertThat(of(bytes * 2).isFelt()).isFalse();
  }
}
