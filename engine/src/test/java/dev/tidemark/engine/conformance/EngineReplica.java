package dev.tidemark.engine.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.HybridClock;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.Commit;
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
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A replica made of the engine alone: a clock, a vector, a log and layered keys, in memory. */
final class EngineReplica {
  private final long id;
  private final Schema schema;
  private final HybridClock clock = new HybridClock(0);
  private final Map<Bytes, LayeredKey> keys = new TreeMap<>();
  private List<LogItem> log = new ArrayList<>();
  private VersionVector seen = VersionVector.EMPTY;
  private VersionVector summarised = VersionVector.EMPTY;
  private long chain = ChainHash.NONE;

  EngineReplica(long id, Schema schema) {
    this.id = id;
    this.schema = schema;
  }

  OperationId update(long now, Bytes key, String operation, JsonNode args) {
    Namespace namespace = schema.of(key);
    Lattice lattice = namespace.strategy().lattice();
    boolean isFieldMap = namespace.strategy() == Strategy.LWW_MAP;
    Update update = ScenarioCodec.update(operation, args, 0, isFieldMap);
    OperationId operationId = new OperationId(id, seen.get(id) + 1, clock.peek(now));
    clock.observe(operationId.stamp());
    KeyDelta delta = lattice.prepare(update, key(key).view(), operationId);
    commit(operationId, new Operation(namespace, key, delta));
    key(key).join(delta);
    return operationId;
  }

  private void commit(OperationId operationId, Operation operation) {
    VersionVector summary = VersionVector.EMPTY;
    for (int i = 0; i < seen.size(); i++) {
      if (seen.replicaAt(i) != id && seen.sequenceAt(i) > summarised.get(seen.replicaAt(i))) {
        summary = summary.with(seen.replicaAt(i), seen.sequenceAt(i));
      }
    }
    CommitHeader header =
        new CommitHeader(id, operationId.sequence(), operationId.stamp(), 1, summary, 0);
    ByteWriter out = new ByteWriter();
    chain = CommitCodec.encode(header, List.of(operation), chain, out).chain();
    seen = seen.with(id, operationId.sequence());
    summarised = seen;
    log.add(new LogItem.Raw(id, operationId.sequence(), operationId.stamp(), out.toByteArray()));
  }

  /** Hands over, in the order of the log, what the other lacks. */
  void sendTo(EngineReplica other) {
    log.forEach(other::receive);
  }

  /** The same, up to and with the given own operation. */
  void sendTo(EngineReplica other, long until) {
    for (LogItem item : log) {
      other.receive(item);
      if (item.covers().get(id) >= until) {
        return;
      }
    }
  }

  private void receive(LogItem item) {
    if (!seen.dominates(item.covers())) {
      join(item);
      seen = seen.join(item.covers());
      clock.observe(item.lastStamp());
      log.add(item);
    }
  }

  private void join(LogItem item) {
    if (item instanceof LogItem.Raw raw) {
      Commit commit = CommitCodec.decode(raw.bytes(), 0, raw.bytes().length);
      // One that comes again may be below the floor by now.
      commit.operations().forEach(operation -> key(operation.key()).joinRun(operation.delta()));
    } else {
      ((LogItem.Folded) item)
          .keys()
          .forEach((key, delta) -> key(key).joinRun(LayeredKey.decoded(lattice(key), delta)));
    }
  }

  /** Joins once more something that was joined before. */
  void redeliver(Random random) {
    if (!log.isEmpty()) {
      join(log.get(random.nextInt(log.size())));
    }
  }

  /** Folds a piece of the log into one element for each key. */
  void foldLog(int from, int to) {
    VersionVector covers = VersionVector.EMPTY;
    long lastStamp = 0;
    Map<Bytes, KeyState> runs = new TreeMap<>();
    for (LogItem item : log.subList(from, to)) {
      covers = covers.join(item.covers());
      lastStamp = Math.max(lastStamp, item.lastStamp());
      if (item instanceof LogItem.Raw raw) {
        for (var operation : CommitCodec.decode(raw.bytes(), 0, raw.bytes().length).operations()) {
          fold(runs, operation.key(), operation.delta());
        }
      } else {
        ((LogItem.Folded) item).keys().forEach((key, delta) -> fold(runs, key, delta));
      }
    }
    Map<Bytes, KeyDelta> folded = new TreeMap<>();
    runs.forEach((key, run) -> folded.put(key, run.copy()));
    List<LogItem> shorter = new ArrayList<>(log.subList(0, from));
    shorter.add(new LogItem.Folded(covers, lastStamp, folded));
    shorter.addAll(log.subList(to, log.size()));
    log = shorter;
  }

  private void fold(Map<Bytes, KeyState> runs, Bytes key, KeyDelta delta) {
    Join.into(runs.computeIfAbsent(key, k -> KeyState.noDeltas()), lattice(key), delta);
  }

  /** Replaces the log by a snapshot of the state. */
  void truncate() {
    log = new ArrayList<>(List.of(new LogItem.Folded(seen, clock.last(), states())));
  }

  /** What is kept of every key that something was joined into that is not forgotten. */
  Map<Bytes, KeyDelta> kept() {
    Map<Bytes, KeyDelta> kept = new TreeMap<>();
    keys.forEach((key, layered) -> kept.put(key, layered.kept().asDelta()));
    kept.entrySet().removeIf(e -> isUntouched(e.getKey(), e.getValue()));
    return kept;
  }

  /** The state of every key that something was ever joined into. */
  private Map<Bytes, KeyDelta> states() {
    Map<Bytes, KeyDelta> states = new TreeMap<>();
    keys.forEach((key, layered) -> states.put(key, layered.materialised().asDelta()));
    states.entrySet().removeIf(e -> isUntouched(e.getKey(), e.getValue()));
    return states;
  }

  private boolean isUntouched(Bytes key, KeyDelta state) {
    return state.equals(KeyState.bottomOf(lattice(key)).asDelta());
  }

  /** Forgets below a floor. */
  void collect(Floor floor) {
    keys.values().forEach(key -> key.collect(floor));
  }

  long clock() {
    return clock.last();
  }

  VersionVector seen() {
    return seen;
  }

  int logSize() {
    return log.size();
  }

  Map<Bytes, LayeredKey> keys() {
    return keys;
  }

  /** What a reader sees, which is the same through views and materialised. */
  JsonNode read(Bytes key) {
    Lattice lattice = lattice(key);
    JsonNode value = ScenarioCodec.json(lattice.value(key(key).view()));
    assertThat(ScenarioCodec.json(lattice.value(key(key).materialised()))).isEqualTo(value);
    return value;
  }

  private Lattice lattice(Bytes key) {
    return schema.of(key).strategy().lattice();
  }

  private LayeredKey key(Bytes key) {
    return keys.computeIfAbsent(key, k -> new LayeredKey(lattice(k)));
  }
}
