package dev.tidemark.storage.state;

import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/**
 * One moment of the state, held still: reads at a pin see what was folded when it was made. While
 * it is open, RocksDB keeps every version it can see; close it soon. May be used by many threads.
 */
public final class Pin implements AutoCloseable {
  // Not a method of this class: whoever holds it must not free it without the guard.
  private final Guard.Handle handle = this::free;

  private final Guard store;
  private final Guard own;
  private final Database db;
  private final Snapshot snapshot;
  private final ReadOptions options;
  private final Floor floor;

  /** Call it inside a guarded call. */
  Pin(Guard store, Database db, Snapshot snapshot, Floor floor) {
    this.store = store;
    this.own = new Guard("pin", db.directory());
    this.db = db;
    this.snapshot = snapshot;
    this.options = new ReadOptions().setSnapshot(snapshot);
    this.floor = floor;
    store.register(handle);
  }

  /** How far the state was folded at this moment. */
  public Progress progress() {
    return Ledger.readProgress(new Reader(store, db, db.meta(), this));
  }

  /** Which keys were held at this moment. */
  public Interest interest() {
    return Ledger.interest(new Reader(store, db, db.meta(), this));
  }

  /** Below what the state had forgotten at this moment. */
  public Floor floor() {
    return floor;
  }

  /** Runs a call that reads at this moment. */
  <T> T call(Guard.NativeCall<T> call) {
    return store.call(() -> own.call(call));
  }

  /** How to read at this moment; valid inside a call. */
  ReadOptions options() {
    return options;
  }

  /** The moment itself; valid inside a call. */
  Snapshot snapshot() {
    return snapshot;
  }

  private void free() {
    own.close(
        () -> {
          db.release(snapshot);
          snapshot.close();
          options.close();
        });
  }

  /** Lets go of the moment; waits for reads at it that are running. */
  @Override
  public void close() {
    store.release(handle);
  }
}
