package dev.tidemark.storage.inspect;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridTimestamp;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.JoinedView;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.storage.core.PinnedScan;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * A store looked at from outside: the values it would show if it were opened, that is its state
 * joined with what the log holds beyond it, without opening it. Never writes a byte, needs no lock
 * and no JVM flag. For one thread.
 */
public final class Inspection implements AutoCloseable {
  private final Identity identity;
  private final StateStore state;
  private final LogReader log;

  private Inspection(Identity identity, StateStore state, LogReader log) {
    this.identity = identity;
    this.state = state;
    this.log = log;
  }

  /**
   * Looks at the store of a directory as it is now.
   *
   * @throws dev.tidemark.error.StoreUnusableException if there is none
   * @throws dev.tidemark.error.DamagedException if what was promised to be durable is damaged
   */
  public static Inspection open(Path directory) {
    StoreFiles files = StoreDirectory.files(directory);
    Identity identity = StoreDirectory.identity(files);
    // The state first: what is folded after it was opened is then still in the log.
    StateStore state = StateStore.openReadOnly(files.state());
    boolean opened = false;
    try {
      LogReader log = LogReader.open(files);
      log.refusal()
          .ifPresent(
              refusal -> {
                throw refusal;
              });
      Inspection inspection = new Inspection(identity, state, log);
      opened = true;
      return inspection;
    } finally {
      if (!opened) {
        state.close();
      }
    }
  }

  /** Who the store is. */
  public Identity identity() {
    return identity;
  }

  /** Prefixes and strategies. */
  public Schema schema() {
    return state.schema();
  }

  /** The newest position of the log. */
  public long lastPosition() {
    return log.lastPosition();
  }

  /** The namespace of a key; refuses what cannot be one. */
  public Namespace namespace(String key) {
    return schema().of(Arguments.key(Bytes.utf8(key)));
  }

  /** A key's whole value. */
  public Value value(String key) {
    Bytes bytes = Arguments.key(Bytes.utf8(key));
    Lattice lattice = namespace(key).strategy().lattice();
    List<KeyDelta> pending = pending(bytes::equals).runs(bytes, CellRange.ALL);
    try (Pin pin = state.pin()) {
      return lattice.value(joined(lattice, state.view(pin, namespace(key), bytes), pending));
    }
  }

  /**
   * Refuses an update that the store would refuse.
   *
   * @throws IllegalArgumentException if the key or an argument is out of range, or the strategy has
   *     no such operation
   */
  public void rehearse(String key, Update update) {
    Bytes bytes = Arguments.key(Bytes.utf8(key));
    Lattice lattice = namespace(key).strategy().lattice();
    List<KeyDelta> pending = pending(bytes::equals).runs(bytes, CellRange.ALL);
    OriginRow own = state.progress().origins().get(identity.replicaId());
    long sequence = (own == null ? 0 : own.sequence()) + lastPosition() + 1;
    OperationId id = new OperationId(identity.replicaId(), sequence, HybridTimestamp.MAX_STAMP - 1);
    try (Pin pin = state.pin()) {
      lattice.prepare(update, joined(lattice, state.view(pin, namespace(key), bytes), pending), id);
    }
  }

  /** The keys under a prefix that have a value, in order. Close it. */
  public PinnedScan scan(String prefix) {
    Bytes bytes = Bytes.utf8(prefix);
    Overlay pending = pending(key -> key.startsWith(bytes));
    pending.freeze();
    return new PinnedScan(schema(), state, pending.frozen(), bytes, lastPosition());
  }

  /** What the log holds of some keys and the state does not: after a clean close, nothing. */
  private Overlay pending(Predicate<Bytes> wanted) {
    Overlay pending = new Overlay();
    long from = state.progress().applied() + 1;
    try (LogCursor cursor = log.cursor(from)) {
      while (cursor.next()) {
        Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
        List<Operation> operations =
            commit.operations().stream().filter(o -> wanted.test(o.key())).toList();
        if (!operations.isEmpty()) {
          // How far an origin is matters to folding only, and nothing is folded here.
          OriginRow row = new OriginRow(0, 0, 0, VersionVector.EMPTY);
          pending.apply(new Commit(commit.header(), operations), cursor.position(), row, 0);
        }
      }
    }
    return pending;
  }

  private static KeyView joined(Lattice lattice, KeyView base, List<KeyDelta> pending) {
    KeyView view = base;
    for (KeyDelta run : pending) {
      view = new JoinedView(lattice, view, run);
    }
    return view;
  }

  @Override
  public void close() {
    log.close();
    state.close();
  }
}
