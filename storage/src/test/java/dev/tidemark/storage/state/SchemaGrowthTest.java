package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.SMALL;
import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.namespace;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.error.StoreUnusableException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

class SchemaGrowthTest {
  private static final Schema NAMES = Schema.of("name:", Strategy.LWW_REGISTER);

  @TempDir private Path directory;

  @Test
  void newPrefixIsAddedAndOldOnesKeepTheirKeys() {
    try (StateStore store = open(NAMES)) {
      fold(store, namespace(store, "name:"), "name:1", set("Ann", 1));
    }
    try (StateStore store = open(NAMES.and("cart:", Strategy.OR_SET))) {
      assertThat(store.view(namespace(store, "name:"), utf8("name:1")).isStored()).isTrue();
      assertThat(namespace(store, "cart:").strategy()).isEqualTo(Strategy.OR_SET);
    }
  }

  @Test
  void storedPrefixThatIsNotRequestedIsKept() {
    open(NAMES.and("cart:", Strategy.OR_SET)).close();
    open(Schema.of("log:", Strategy.JOURNAL)).close();

    try (StateStore store = open(Schema.empty())) {
      assertThat(store.schema())
          .isEqualTo(NAMES.and("cart:", Strategy.OR_SET).and("log:", Strategy.JOURNAL));
    }
  }

  @Test
  void prefixStoredUnderAnotherStrategyIsRefusedByName() {
    open(NAMES).close();

    assertThatThrownBy(() -> open(Schema.of("name:", Strategy.G_SET)))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("prefix=name:")
        .hasMessageContaining("stored=lww-register")
        .hasMessageContaining("requested=g-set");
  }

  @Test
  void newPrefixThatWouldShadowStoredKeysIsRefused() {
    try (StateStore store = open(NAMES)) {
      fold(store, namespace(store, "name:"), "name:vip:1", set("Ann", 1));
    }
    assertThatThrownBy(() -> open(Schema.of("name:vip:", Strategy.G_SET)))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("prefix=name:vip:")
        .hasMessageContaining("owner=name:=lww-register")
        .hasMessageContaining("firstKey=name:vip:1");
  }

  /** What a compaction has not dropped yet is still in the files, and must not count. */
  @Test
  void newPrefixMayLieAmongTheKeysOfAnotherThatDoNotBeginWithIt() {
    try (StateStore store = open(NAMES)) {
      fold(store, namespace(store, "name:"), "name:vi", set("Ann", 1));
      fold(store, namespace(store, "name:"), "name:vj", set("Bob", 2));
    }
    open(Schema.of("name:vip:", Strategy.G_SET)).close();
  }

  @Test
  void refusedOpenChangesNeitherSchemaNorCells() {
    try (StateStore store = open(NAMES)) {
      fold(store, namespace(store, "name:"), "name:vip:1", set("Ann", 1));
    }
    Schema goodAndBad = Schema.of("cart:", Strategy.OR_SET).and("name:vip:", Strategy.G_SET);
    assertThatThrownBy(() -> open(goodAndBad)).isInstanceOf(SchemaMismatchException.class);

    try (StateStore store = open(NAMES)) {
      assertThat(store.schema()).isEqualTo(NAMES);
      assertThat(States.keys(store, namespace(store, "name:"), KeyRange.ALL))
          .isEqualTo(List.of("name:vip:1"));
    }
  }

  @Test
  void defaultNamespaceHoldsTheKeysOfNoPrefixUntilOneWouldTakeThem() {
    try (StateStore store = open(Schema.empty())) {
      fold(store, namespace(store, ""), "other", set("Ann", 1));
    }
    assertThatThrownBy(() -> open(Schema.of("o", Strategy.G_SET)))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("shadow");
    open(Schema.of("p", Strategy.G_SET)).close();
  }

  @Test
  void prefixMayHoldAnyCharacter() {
    Schema odd = Schema.of("default", Strategy.G_SET).and("\0", Strategy.OR_SET);
    open(odd).close();
    try (StateStore store = open(odd)) {
      assertThat(store.schema()).isEqualTo(odd);
    }
  }

  @Test
  void stateOfANewerFormatIsRefusedAsSuch() throws RocksDBException {
    open(NAMES).close();
    Database db = Database.open(directory, SMALL);
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(db.meta(), MetaLayout.FORMAT, new byte[] {2});
      db.write(batch);
      db.flush();
    }
    db.close();

    assertThatThrownBy(() -> open(NAMES))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("stored=2")
        .hasMessageContaining("known=1");
  }

  @Test
  void cellsWithoutASchemaAreDamage() throws RocksDBException {
    try (StateStore store = open(NAMES)) {
      fold(store, namespace(store, "name:"), "name:1", set("Ann", 1));
    }
    Database db = Database.open(directory, SMALL);
    try (WriteBatch batch = new WriteBatch()) {
      batch.delete(db.meta(), MetaLayout.SCHEMA);
      db.write(batch);
      db.flush();
    }
    db.close();

    assertThatThrownBy(() -> open(NAMES))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("no schema");
  }

  private StateStore open(Schema schema) {
    return StateStore.open(directory, schema, SMALL);
  }
}
