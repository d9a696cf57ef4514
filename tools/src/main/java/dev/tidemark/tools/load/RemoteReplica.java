package dev.tidemark.tools.load;

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
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Stability.Announcement;
import dev.tidemark.engine.stability.Standing;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.membership.MembershipReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A replica without a store: its commits are made in memory, as its store would make them. */
final class RemoteReplica {
  private static final Schema SCHEMA = Keys.SCHEMA.withSystem();

  private final long id;
  private final HybridClock clock;
  private final Map<Bytes, KeyState> keys = new HashMap<>();
  private long sequence;
  private long chain;

  /** One that has made nothing yet. */
  RemoteReplica(long id) {
    this.id = id;
    this.clock = new HybridClock(0);
    this.chain = ChainHash.NONE;
  }

  /** One that goes on where it was; what it made of keys is forgotten. */
  RemoteReplica(OriginCoverage known) {
    this.id = known.origin();
    this.clock = new HybridClock(known.lastStamp());
    this.chain = known.chainAfter();
    this.sequence = known.after();
  }

  /** One update of a commit. */
  record Change(Bytes key, Update update) {}

  long id() {
    return id;
  }

  /** Makes the next commit, of updates that look at nothing but its own. */
  byte[] commit(List<Change> changes) {
    return commit(VersionVector.EMPTY, changes);
  }

  /** Makes the heartbeat of one that has seen all that a store has. */
  byte[] heartbeat(MembershipReport seen) {
    long horizon = seen.standings().stream().mapToLong(Standing::lastStamp).min().orElse(0);
    long newest = seen.standings().stream().mapToLong(Standing::lastStamp).max().orElse(0);
    Update said = MembersKey.pulse(id, new Announcement(horizon, newest), seen.floor());
    return member(seen, said);
  }

  /** Makes a commit that lets another replica in, as one that has seen all that a store has. */
  byte[] admission(MembershipReport seen, long other) {
    return member(seen, MembersKey.join(other, id, seen.vector()));
  }

  private byte[] member(MembershipReport seen, Update update) {
    seen.standings().forEach(standing -> clock.observe(standing.lastStamp()));
    clock.observe(seen.floor().horizon());
    return commit(seen.vector().without(id), List.of(new Change(MembersKey.KEY, update)));
  }

  private byte[] commit(VersionVector seen, List<Change> changes) {
    long first = sequence + 1;
    long stamp = clock.peek(System.currentTimeMillis());
    List<Operation> operations = new ArrayList<>();
    for (Change change : changes) {
      int index = operations.size();
      operations.add(operation(change, new OperationId(id, first + index, stamp + index)));
    }
    CommitHeader draft = new CommitHeader(id, first, stamp, operations.size(), seen, 0);
    ByteWriter out = new ByteWriter();
    CommitHeader header = CommitCodec.encode(draft, operations, chain, out);
    sequence = header.lastSequence();
    chain = header.chain();
    clock.observe(header.lastStamp());
    return out.toByteArray();
  }

  private Operation operation(Change change, OperationId at) {
    Namespace namespace = SCHEMA.of(change.key());
    Lattice lattice = namespace.strategy().lattice();
    KeyState state = keys.computeIfAbsent(change.key(), key -> KeyState.bottomOf(lattice));
    KeyDelta delta = lattice.prepare(change.update(), state, at);
    Join.into(state, lattice, delta);
    return new Operation(namespace, change.key(), delta);
  }
}
