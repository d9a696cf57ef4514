package dev.tidemark.storage.state;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * What a look at a state finds.
 *
 * @param progress how far it is
 * @param owner whose it is; empty if nobody has claimed it
 */
public record StateLook(Progress progress, Optional<Owner> owner) {

  /**
   * Looks at a state without changing a byte of its directory; empty if there is none.
   *
   * @param examine whether to compare every block and every key with its checksum, which takes as
   *     long as reading all of it
   * @throws dev.tidemark.error.DamagedException if it is damaged
   * @throws dev.tidemark.error.StoreUnusableException if it cannot be read, or has another format
   */
  public static Optional<StateLook> at(Path directory, boolean examine) {
    if (Database.isAbsent(directory)) {
      return Optional.empty();
    }
    Database db = Database.openReadOnly(directory);
    try {
      Incarnation now = Incarnation.of(db);
      if (now.ledger().schema() == null) {
        return Optional.empty();
      }
      StateStore state = new StateStore(now, SchemaGrowth.stored(db, now.ledger()));
      if (examine) {
        requireSound(state, directory);
      }
      return Optional.of(new StateLook(state.progress(), state.owner()));
    } catch (RocksDBException e) {
      throw StateFailure.of(e, directory);
    } finally {
      db.close();
    }
  }

  private static void requireSound(StateStore state, Path directory) {
    AtomicReference<@Nullable StateMismatch> first = new AtomicReference<>();
    state.audit(mismatch -> first.compareAndSet(null, mismatch));
    StateMismatch mismatch = first.get();
    if (mismatch != null) {
      throw StateFailure.damaged("state is damaged", directory, mismatch.toString());
    }
  }
}
