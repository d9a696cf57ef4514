package dev.tidemark;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.core.Transaction;
import dev.tidemark.type.Durability;
import dev.tidemark.type.KeyAccess;
import java.util.function.Function;

/**
 * The inside of one commit. Its updates become visible, survive and travel together or not at all;
 * its reads see them at once, and nothing else is committed meanwhile, so reading and then writing
 * is safe on this replica. Valid during the commit only, for the thread that runs it.
 */
public final class Batch implements Handles {
  private final Transaction transaction;

  Batch(Transaction transaction) {
    this.transaction = transaction;
  }

  @Override
  public KeyAccess key(String key) {
    return new BatchKey(transaction, Namespace.userKey(Bytes.utf8(key)));
  }

  /** One update, by strategy at run time. */
  public void update(String key, Update update) {
    key(key).update(update);
  }

  /** A key's whole value, this batch's updates included. */
  public Value value(String key) {
    KeyAccess access = key(key);
    return access.read(CellRange.ALL, access.strategy().lattice()::value);
  }

  private record BatchKey(Transaction transaction, Bytes key) implements KeyAccess {
    @Override
    public Strategy strategy() {
      return transaction.namespace(key).strategy();
    }

    @Override
    public long update(Update update) {
      transaction.update(key, update);
      return 0;
    }

    @Override
    public <T> T read(CellRange cells, Function<KeyView, T> reader) {
      return transaction.read(key, reader);
    }

    @Override
    public <T> T loading(Function<Function<LargeValue, Bytes>, T> reader) {
      return transaction.loading(reader);
    }

    @Override
    public long liveCells() {
      return transaction.liveCells(key);
    }

    @Override
    public KeyAccess with(Durability durability) {
      throw Problem.of("durability is given inside a batch")
          .with("durability", durability)
          .advise("give it to the commit: all its updates share one")
          .illegalState();
    }
  }
}
