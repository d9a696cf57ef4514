package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.DamagedException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.state.DamagedState;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The head of a key was lost behind its store's back. An update that was made of what seemed never
 * touched claimed all of its maker's operations on the key, and so removed at every peer what it
 * had added before.
 */
class LostHeadTest {
  private static final Bytes FIRST = Bytes.utf8("a");
  private static final Bytes SECOND = Bytes.utf8("b");

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private Tidemark open() {
    return audit.open(
        dir.resolve("store"),
        EveryStrategy.SCHEMA,
        Options.defaults()
            .withCompactionBytesPerSecond(0)
            .withRetention(Retention.byCommandOnly()));
  }

  private static Update update(Strategy strategy, Bytes item) {
    return switch (strategy) {
      case OR_SET -> new Update.Add(item);
      case OR_MAP_OF_OR_SET -> new Update.UpdateField(item, new Update.Add(item));
      case OR_MAP_OF_MV_REGISTER -> new Update.UpdateField(item, new Update.SetValue(item));
      default -> new Update.UpdateField(item, new Update.Enable());
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"OR_SET", "OR_MAP_OF_OR_SET", "OR_MAP_OF_MV_REGISTER", "OR_MAP_OF_EW_FLAG"})
  void noUpdateIsBuiltOnAKeyWhoseHeadIsLost(Strategy strategy) throws Exception {
    String key = EveryStrategy.key(strategy, 0);
    String other = EveryStrategy.key(strategy, 1);
    Tidemark store = open();
    store.update(key, update(strategy, FIRST));
    Value before = store.value(key);
    store.close();
    try (DamagedState state = new DamagedState(new StoreFiles(dir.resolve("store")).state())) {
      Bytes prefix = Bytes.utf8(EveryStrategy.prefix(strategy));
      assertThat(state.damage(prefix, Bytes.utf8(key), DamagedState.Kind.LOSE_HEAD)).isTrue();
    }

    Tidemark damaged = open();
    long position = damaged.status().appendedPosition();
    assertThatThrownBy(() -> damaged.update(key, update(strategy, SECOND)))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("state has cells of a key and not its head")
        .hasMessageContaining(key);
    assertThat(damaged.status().appendedPosition()).isEqualTo(position);
    damaged.update(other, update(strategy, FIRST));
    assertThat(damaged.repairs().alone().fromLog()).isPositive();
    assertThat(damaged.value(key)).isEqualTo(before);
    damaged.update(key, update(strategy, SECOND));
    assertThat(damaged.value(key)).isNotEqualTo(before);
  }
}
