package dev.tidemark;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.type.Durability;
import dev.tidemark.type.KeyAccess;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A key of an open store: each update is a commit of its own. */
record StoreKey(StoreCore core, Bytes key, @Nullable Durability durability) implements KeyAccess {
  @Override
  public Strategy strategy() {
    return core.namespace(key).strategy();
  }

  @Override
  public long update(Update update) {
    return core.update(durability, key, update);
  }

  @Override
  public <T> T read(CellRange cells, Function<KeyView, T> reader) {
    return core.views().read(key, cells, reader);
  }

  @Override
  public <T> T loading(Function<Function<LargeValue, Bytes>, T> reader) {
    return core.largeData().loading(reader);
  }

  @Override
  public long liveCells() {
    return core.views().liveCells(key);
  }

  @Override
  public KeyAccess with(Durability other) {
    return new StoreKey(core, key, other);
  }
}
