package dev.tidemark.engine.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.blob.LargeValues;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.TestKey;
import dev.tidemark.engine.strategy.Strategy;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What logs and subscribers are told of each operation. */
class EffectTest {
  private static final Bytes F = Bytes.utf8("f");
  private static final Bytes V = Bytes.utf8("v");
  private static final Bytes W = Bytes.utf8("w");
  private static final LargeValue L = LargeValues.any(1);
  private static final Value REGISTER = new Value.Register(V);
  private static final List<Dot> FIRST = List.of(new Dot(1, 1));

  private static Update in(Update nested) {
    return new Update.UpdateField(F, nested);
  }

  private static Arguments row(Strategy strategy, Update first, Update then, Effect... effects) {
    return Arguments.of(strategy, first, then, List.of(effects));
  }

  private static Effect effect(String verb, Bytes item, Value value, List<Dot> overrides) {
    return new Effect(verb, item, value, overrides);
  }

  private static Value number(long value) {
    return new Value.Counter(BigInteger.valueOf(value));
  }

  private static Value elements(Bytes... elements) {
    return new Value.Elements(List.of(elements));
  }

  static List<Arguments> operations() {
    Update set = new Update.SetValue(V);
    Update delete = new Update.Delete();
    Update add = new Update.Add(V);
    Update remove = new Update.Remove(V);
    Update up = new Update.Increment(2);
    Update enable = new Update.Enable();
    Update put = new Update.PutField(F, V);
    Update removeField = new Update.Remove(F);
    Value point = new Value.Epoch(new Value.EpochCount(5, 3));
    return List.of(
        row(Strategy.LWW_REGISTER, set, set, effect("set", null, REGISTER, List.of())),
        row(Strategy.LWW_REGISTER, set, delete, Effect.of("delete")),
        row(
            Strategy.LWW_REGISTER,
            set,
            new Update.SetLarge(L),
            effect("set", null, new Value.Large(L), List.of())),
        row(
            Strategy.LWW_MAP,
            put,
            new Update.PutLargeField(F, L),
            effect("put", F, new Value.Large(L), List.of())),
        row(
            Strategy.EPOCH_MAX,
            delete,
            new Update.PutEpoch(5, 3),
            effect("put", null, point, List.of())),
        row(Strategy.EPOCH_MAX, delete, delete, Effect.of("delete")),
        row(Strategy.G_COUNTER, up, up, effect("raise to", null, number(4), List.of())),
        row(Strategy.G_COUNTER, up, delete, Effect.of("reset")),
        row(
            Strategy.PN_COUNTER,
            up,
            new Update.Decrement(7),
            effect("raise to", null, number(-7), List.of())),
        row(Strategy.G_SET, add, add, effect("add", V, null, List.of())),
        row(Strategy.OR_SET, add, add, effect("add", V, null, FIRST)),
        row(Strategy.OR_SET, add, remove, effect("remove", V, null, FIRST)),
        row(Strategy.OR_SET, add, delete, Effect.of("delete")),
        row(
            Strategy.MV_REGISTER,
            set,
            new Update.SetValue(W),
            effect("set", null, elements(W), FIRST)),
        row(Strategy.MV_REGISTER, set, delete, effect("delete", null, null, FIRST)),
        row(Strategy.EW_FLAG, enable, enable, effect("enable", null, null, FIRST)),
        row(Strategy.EW_FLAG, enable, new Update.Disable(), effect("disable", null, null, FIRST)),
        row(Strategy.LWW_MAP, put, put, effect("put", F, REGISTER, List.of())),
        row(Strategy.LWW_MAP, put, removeField, effect("remove", F, null, List.of())),
        row(Strategy.LWW_MAP, put, delete, Effect.of("delete")),
        row(
            Strategy.OR_MAP_OF_OR_SET,
            in(add),
            in(add),
            effect("update add", F, elements(V), FIRST)),
        row(
            Strategy.OR_MAP_OF_OR_SET,
            in(add),
            in(remove),
            effect("update remove", F, elements(V), FIRST)),
        row(Strategy.OR_MAP_OF_OR_SET, in(add), removeField, effect("remove", F, null, List.of())),
        row(Strategy.OR_MAP_OF_OR_SET, in(add), delete, Effect.of("delete")),
        row(
            Strategy.OR_MAP_OF_MV_REGISTER,
            in(set),
            in(set),
            effect("update set", F, elements(V), FIRST)),
        row(Strategy.OR_MAP_OF_MV_REGISTER, in(set), removeField, effect("remove", F, null, FIRST)),
        row(
            Strategy.OR_MAP_OF_EW_FLAG,
            in(enable),
            in(enable),
            effect("update enable", F, null, FIRST)),
        row(
            Strategy.OR_MAP_OF_EW_FLAG,
            in(enable),
            removeField,
            effect("update disable", F, null, FIRST)),
        row(
            Strategy.OR_MAP_OF_PN_COUNTER,
            in(up),
            in(up),
            effect("raise to", F, number(4), List.of())),
        row(
            Strategy.OR_MAP_OF_PN_COUNTER,
            in(up),
            removeField,
            effect("reset", F, null, List.of())),
        row(
            Strategy.JOURNAL,
            new Update.Append(W),
            new Update.Append(V),
            effect("append", null, REGISTER, List.of())));
  }

  @ParameterizedTest
  @MethodSource("operations")
  void describesWhatADeltaDoes(
      Strategy strategy, Update first, Update then, List<Effect> expected) {
    TestKey key = new TestKey(strategy);
    key.update(first, 1, 1, 1);
    KeyDelta delta = key.prepare(then, 1, 2, 2);

    assertThat(strategy.lattice().effects(delta)).isEqualTo(expected);
  }
}
