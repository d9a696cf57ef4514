package dev.tidemark.storage.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunFold;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateOptions;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether readers see a run in its middle, which takes several batches. */
class MomentsTest {
  private static final Bytes FIRST = Bytes.utf8("a");
  private static final Bytes LAST = Bytes.utf8("z");

  @TempDir private Path directory;
  private StateStore state;
  private Moments moments;
  private Namespace names;

  @BeforeEach
  void open() {
    state = StateStore.open(directory, Schema.empty(), new StateOptions(8 << 20, 2 << 20, 64));
    moments = new Moments(state);
    names = state.schema().of(FIRST);
  }

  @AfterEach
  void close() {
    state.close();
  }

  private Value pinned(Bytes key) {
    return moments.pinned(pin -> at(pin, key));
  }

  private Value unpinned(Bytes key) {
    return moments.unpinned(() -> value(key), pin -> at(pin, key));
  }

  private Value at(Pin pin, Bytes key) {
    return names.strategy().lattice().value(state.view(pin, names, key));
  }

  private Value value(Bytes key) {
    return names.strategy().lattice().value(state.view(names, key));
  }

  private void expect(Bytes key, Value expected) {
    assertThat(pinned(key)).isEqualTo(expected);
    assertThat(unpinned(key)).isEqualTo(expected);
  }

  private RunRecord set(Bytes key, String value, long number) {
    var lattice = names.strategy().lattice();
    KeyDelta delta =
        lattice.prepare(
            new Update.SetValue(Bytes.utf8(value)),
            KeyDelta.ofHead(lattice.bottom()),
            new OperationId(1, number, number));
    return RunRecord.whole(names, key, delta);
  }

  private static Value text(String value) {
    return new Value.Register(Bytes.utf8(value));
  }

  @Test
  void readersStayWithTheMomentBeforeARunUntilAllOfItIsIn() {
    Value nothing = value(FIRST);
    moments.stay();
    try (RunFold fold = new RunFold(state, RunEffect.JOINS, 1, 9)) {
      fold.take(set(FIRST, "new", 1));
      fold.take(set(FIRST, "newer", 2));
      // The first of them is stored by now.
      assertThat(value(FIRST)).isEqualTo(text("new"));
      expect(FIRST, nothing);

      fold.take(set(LAST, "new", 3));
      fold.finish(1, 9, new TreeMap<>());
    }
    expect(FIRST, nothing);
    expect(LAST, nothing);
    moments.goOn();
    expect(FIRST, text("newer"));
    expect(LAST, text("new"));
    assertThat(state.openHandles()).isZero();
  }

  /** A run that began while a reader looked had put the first of two things before its eyes. */
  @Test
  void aReadThatARunBreaksIntoIsDoneAgain() {
    Value nothing = value(FIRST);
    Value read =
        moments.unpinned(
            () -> {
              moments.stay();
              try (RunFold fold = new RunFold(state, RunEffect.JOINS, 1, 9)) {
                fold.take(set(FIRST, "new", 1));
                fold.take(set(FIRST, "newer", 2));
              }
              return value(FIRST);
            },
            pin -> at(pin, FIRST));
    assertThat(read).isEqualTo(nothing);
    moments.goOn();
  }

  @Test
  void aMomentIsHeldUntilItsLastReaderHasLeft() {
    moments.stay();
    Value read =
        moments.pinned(
            pin -> {
              moments.goOn();
              return at(pin, FIRST);
            });
    assertThat(read).isEqualTo(value(FIRST));
    assertThat(state.openHandles()).isZero();
  }
}
