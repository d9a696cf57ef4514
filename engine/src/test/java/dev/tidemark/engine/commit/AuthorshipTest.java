package dev.tidemark.engine.commit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A commit's stamp and sequence were checked, and the versions inside its deltas were taken as they
 * came: a peer could stamp a cell a century ahead inside a commit of today, and it would have won
 * for ever.
 */
class AuthorshipTest {
  private static final OperationId OWN = new OperationId(7, 12, 1_000);
  private static final OperationId OTHER = new OperationId(8, 13, 9_000);
  private static final Bytes X = Bytes.utf8("x");

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "G_SET")
  void acceptsADeltaOnlyUnderTheOperationThatMadeIt(Strategy strategy) {
    Lattice lattice = strategy.lattice();
    KeyDelta delta = lattice.prepare(update(strategy), KeyState.bottomOf(lattice), OWN);
    assertThatCode(() -> lattice.expectMadeBy(delta, OWN)).doesNotThrowAnyException();
    assertThatThrownBy(() -> lattice.expectMadeBy(delta, OTHER))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("in the name of another operation");
  }

  private static Update update(Strategy strategy) {
    return switch (strategy) {
      case LWW_REGISTER, MV_REGISTER -> new Update.SetValue(X);
      case EPOCH_MAX -> new Update.PutEpoch(1, 2);
      case G_COUNTER, PN_COUNTER -> new Update.Increment(3);
      case G_SET, OR_SET -> new Update.Add(X);
      case EW_FLAG -> new Update.Enable();
      case LWW_MAP -> new Update.PutField(X, X);
      case OR_MAP_OF_OR_SET -> new Update.UpdateField(X, new Update.Add(X));
      case OR_MAP_OF_MV_REGISTER -> new Update.UpdateField(X, new Update.SetValue(X));
      case OR_MAP_OF_EW_FLAG -> new Update.UpdateField(X, new Update.Enable());
      case OR_MAP_OF_PN_COUNTER -> new Update.UpdateField(X, new Update.Increment(1));
      case JOURNAL -> new Update.Append(X);
    };
  }
}
