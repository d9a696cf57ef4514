package dev.tidemark.storage.core;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.overlay.PendingRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Updates being gathered into one commit, each prepared where it stands: it sees the store and the
 * updates before it. Used by the thread that holds the write lock, until the commit is logged.
 */
public final class Transaction {
  private final Reads reads;
  private final HotHeads hot;
  private final Schema schema;
  private final InterestGate gate;
  private final OperationId first;
  private final Offload offload;
  private final Loader loader;
  private final List<Operation> operations = new ArrayList<>(1);

  /**
   * What all updates but the last come to: a commit of n updates to one key costs n joins, not n².
   * The last is joined when something comes behind it, which mostly nothing does.
   */
  private @Nullable Map<Bytes, PendingRun> earlier;

  private int joined;

  private final Thread owner = Thread.currentThread();
  private long bytes;
  private boolean over;

  Transaction(
      Reads reads,
      HotHeads hot,
      Schema schema,
      InterestGate gate,
      OperationId first,
      Offload offload,
      Loader loader) {
    this.reads = reads;
    this.hot = hot;
    this.schema = schema;
    this.gate = gate;
    this.first = first;
    this.offload = offload;
    this.loader = loader;
  }

  /** Prepares one update; on refusal the transaction is as it was. */
  public void update(Bytes key, Update update) {
    requireOpen();
    Namespace namespace = schema.of(Arguments.key(key));
    gate.requireWritable(key);
    updateWritten(key, offload.of(namespace.strategy(), update));
  }

  /** The same, of an update whose large value is in the blob store and held there by the caller. */
  public void updateWritten(Bytes key, Update update) {
    requireOpen();
    gate.requireWritable(Arguments.key(key));
    int index = operations.size();
    if (index == Limits.MAX_OPERATIONS) {
      throw Problem.of("commit has too many operations")
          .with("limit", Limits.MAX_OPERATIONS)
          .advise("split it")
          .illegalArgument();
    }
    Namespace namespace = schema.of(key);
    OperationId id =
        new OperationId(first.replica(), first.sequence() + index, first.stamp() + index);
    KeyDelta delta = namespace.strategy().lattice().prepare(update, view(namespace, key), id);
    require(bytes + bytes(key, delta));
    bytes += bytes(key, delta);
    operations.add(new Operation(namespace, key, delta));
  }

  private @Nullable PendingRun earlier(Bytes key) {
    Map<Bytes, PendingRun> all = earlier;
    if (all == null) {
      if (operations.isEmpty()) {
        return null;
      }
      all = new HashMap<>();
      earlier = all;
    }
    while (joined < operations.size()) {
      Operation operation = operations.get(joined);
      all.computeIfAbsent(operation.key(), k -> new PendingRun(operation.namespace()))
          .join(operation.delta());
      joined++;
    }
    return all.get(key);
  }

  /** Refuses early what is certain to be too large, so that a batch cannot fill the heap. */
  private static void require(long bytes) {
    if (bytes > Limits.MAX_COMMIT_BYTES) {
      throw tooLarge(bytes);
    }
  }

  static IllegalArgumentException tooLarge(long bytes) {
    return Problem.of("commit is too large")
        .with("bytes", bytes)
        .with("limit", Limits.MAX_COMMIT_BYTES)
        .advise("split it")
        .illegalArgument();
  }

  private static long bytes(Bytes key, KeyDelta delta) {
    long bytes = (long) key.length() + delta.head().length;
    if (delta.cells().isEmpty()) {
      // An iterator over nothing was a seventh of what a put allocated.
      return bytes;
    }
    for (var cell : delta.cells().entrySet()) {
      bytes += cell.getKey().length() + cell.getValue().length;
    }
    return bytes;
  }

  /** Reads a key with the updates so far. */
  public <T> T read(Bytes key, Function<KeyView, T> reader) {
    requireOpen();
    gate.requireShown(key);
    return reader.apply(view(schema.of(Arguments.key(key)), key));
  }

  /** Runs what reads large values. */
  public <T> T loading(Function<Function<LargeValue, Bytes>, T> reader) {
    requireOpen();
    return loader.run(reader);
  }

  /** Counts live cells with the updates so far, by walking them if there are any. */
  public long liveCells(Bytes key) {
    requireOpen();
    gate.requireShown(key);
    Namespace namespace = schema.of(Arguments.key(key));
    if (earlier(key) == null) {
      return reads.liveCells(namespace, key);
    }
    long[] count = new long[1];
    view(namespace, key)
        .cells(
            CellRange.ALL,
            (id, cell) -> {
              count[0] += namespace.strategy().lattice().live(id, cell) ? 1 : 0;
              return true;
            });
    return count[0];
  }

  /** The namespace of a key. */
  public Namespace namespace(Bytes key) {
    return schema.of(Arguments.key(key));
  }

  List<Operation> operations() {
    return operations;
  }

  /** No more may be asked of it: its commit is logged, or given up. */
  void end() {
    over = true;
  }

  private KeyView view(Namespace namespace, Bytes key) {
    PendingRun run = earlier(key);
    KeyView live = hot.view(namespace, key);
    return run == null ? live : Reads.joined(namespace, live, List.of(run.whole()));
  }

  private void requireOpen() {
    if (over) {
      throw Problem.of("batch is over")
          .advise("use it only inside the commit it was made for")
          .illegalState();
    }
    if (Thread.currentThread() != owner) {
      throw Problem.of("batch belongs to another thread")
          .advise("use it in the thread that runs the commit")
          .illegalState();
    }
  }
}
