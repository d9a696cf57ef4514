package dev.tidemark.tools.load;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridClock;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.load.PlannedCommit.PlannedUpdate;
import dev.tidemark.type.Durability;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another replica's way: its commits are made in memory, as its store would make them, and taken in
 * like those that come over a network. It has seen nothing but its own.
 */
final class RemoteWriter implements CommitWriter {
  private final Tidemark store;
  private final long replica;
  private final HybridClock clock = new HybridClock(0);
  private final Map<String, KeyState> keys = new HashMap<>();
  private long sequence;
  private long chain = ChainHash.NONE;
  private @Nullable PlannedCommit pending;
  private byte[] pendingBytes = new byte[0];

  RemoteWriter(Tidemark store, long replica) {
    this.store = store;
    this.replica = replica;
  }

  @Override
  public Written write(PlannedCommit commit, Durability durability, boolean awaited) {
    if (pending != commit) {
      // One that was refused for want of space is the same when it is tried again.
      pendingBytes = encode(commit);
      pending = commit;
    }
    long before = newestPosition();
    if (!store.accept(pendingBytes, replica)) {
      throw Problem.of("commit of another replica is taken for one that is here already")
          .with("replica", replica)
          .with("sequence", sequence)
          .broken();
    }
    long after = newestPosition();
    if (durability == Durability.SYNCED) {
      store.sync();
    }
    return new Written(before + 1, after);
  }

  /** A commit without updates is not logged, and says where the log is. */
  private long newestPosition() {
    return store.commit(Durability.BUFFERED, batch -> {});
  }

  private byte[] encode(PlannedCommit commit) {
    long first = sequence + 1;
    long stamp = clock.peek(System.currentTimeMillis());
    List<Operation> operations = new ArrayList<>();
    for (PlannedUpdate planned : commit.updates()) {
      int index = operations.size();
      operations.add(operation(planned, new OperationId(replica, first + index, stamp + index)));
    }
    CommitHeader draft =
        new CommitHeader(replica, first, stamp, operations.size(), VersionVector.EMPTY, 0);
    ByteWriter out = new ByteWriter();
    CommitHeader header = CommitCodec.encode(draft, operations, chain, out);
    sequence = header.lastSequence();
    chain = header.chain();
    clock.observe(header.lastStamp());
    return out.toByteArray();
  }

  private Operation operation(PlannedUpdate planned, OperationId id) {
    Bytes key = Bytes.utf8(planned.key());
    Namespace namespace = Keys.SCHEMA.of(key);
    Lattice lattice = namespace.strategy().lattice();
    KeyState state = keys.computeIfAbsent(planned.key(), k -> KeyState.bottomOf(lattice));
    KeyDelta delta = lattice.prepare(planned.update(), state, id);
    Join.into(state, lattice, delta);
    return new Operation(namespace, key, delta);
  }
}
