package dev.tidemark.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.strategy.Strategy;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What holds for every handle, whatever its strategy. */
class HandleTest {
  private static final Codec<String> TEXT = Codec.utf8();
  private static final Map<Strategy, Function<KeyAccess, Object>> HANDLES = handles();

  private static Map<Strategy, Function<KeyAccess, Object>> handles() {
    Map<Strategy, Function<KeyAccess, Object>> handles = new EnumMap<>(Strategy.class);
    handles.put(Strategy.LWW_REGISTER, key -> new LwwRegister<>(key, TEXT));
    handles.put(Strategy.EPOCH_MAX, EpochMax::new);
    handles.put(Strategy.G_COUNTER, GCounter::new);
    handles.put(Strategy.PN_COUNTER, PnCounter::new);
    handles.put(Strategy.G_SET, key -> new GSet<>(key, TEXT));
    handles.put(Strategy.OR_SET, key -> new OrSet<>(key, TEXT));
    handles.put(Strategy.MV_REGISTER, key -> new MvRegister<>(key, TEXT));
    handles.put(Strategy.EW_FLAG, EwFlag::new);
    handles.put(Strategy.LWW_MAP, key -> new LwwMap<>(key, TEXT, TEXT));
    handles.put(Strategy.OR_MAP_OF_OR_SET, key -> new OrMapOfSets<>(key, TEXT, TEXT));
    handles.put(Strategy.OR_MAP_OF_MV_REGISTER, key -> new OrMapOfRegisters<>(key, TEXT, TEXT));
    handles.put(Strategy.OR_MAP_OF_EW_FLAG, key -> new OrMapOfFlags<>(key, TEXT));
    handles.put(Strategy.OR_MAP_OF_PN_COUNTER, key -> new OrMapOfCounters<>(key, TEXT));
    handles.put(Strategy.JOURNAL, key -> new Journal<>(key, TEXT));
    return handles;
  }

  @Test
  void everyStrategyHasAHandleAndNoOtherOneTakesItsKeys() {
    assertThat(HANDLES).containsOnlyKeys(Strategy.values());
    for (Strategy strategy : Strategy.values()) {
      HANDLES.forEach(
          (wanted, handle) -> {
            FakeReplica key = new FakeReplica(strategy, 1);
            if (wanted == strategy) {
              assertThat(handle.apply(key)).isNotNull();
            } else {
              assertThatThrownBy(() -> handle.apply(key))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("key has another strategy")
                  .hasMessageContaining("strategy=" + strategy.id() + ", wanted=" + wanted.id());
            }
          });
    }
  }

  @Test
  void everyHandleGivesOneOfItsKindWithAnotherDurability() throws Exception {
    for (Strategy strategy : Strategy.values()) {
      FakeReplica key = new FakeReplica(strategy, 1);
      Object handle = HANDLES.get(strategy).apply(key);

      Object synced =
          handle.getClass().getMethod("with", Durability.class).invoke(handle, Durability.SYNCED);

      assertThat(synced).hasSameClassAs(handle).isNotSameAs(handle);
      assertThat(key.asked()).containsExactly(Durability.SYNCED);
    }
  }
}
