package dev.tidemark;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.HybridClock;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one store that nobody sends anything to must hold: each key joined in memory, with the same
 * numbers and stamps that the store gives, so that its bytes can be compared and not only its
 * values.
 */
final class StoreModel {
  private final long replicaId;
  private final long wallMillis;
  private final Map<Bytes, KeyState> keys = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private HybridClock clock = new HybridClock(0);
  private long sequence;
  private long position;

  /** A model of a store whose physical clock stands still. */
  StoreModel(long replicaId, long wallMillis) {
    this.replicaId = replicaId;
    this.wallMillis = wallMillis;
  }

  /** Of these an event shows the whole value, and not only the elements it touches. */
  private static final Set<Strategy> SHOWN_WHOLE =
      EnumSet.of(
          Strategy.LWW_REGISTER, Strategy.EPOCH_MAX, Strategy.G_COUNTER, Strategy.PN_COUNTER);

  /**
   * What a subscriber is to be told of one operation; the values are null if not the whole ones.
   */
  record Change(
      long position,
      Dot operation,
      String key,
      Strategy strategy,
      List<Effect> effects,
      Value before,
      Value after) {}

  /** The updates of one commit, which may still be given up. */
  final class Commit {
    private final Map<Bytes, KeyState> touched = new HashMap<>();
    private final List<Change> made = new ArrayList<>();
    private final long stamp = clock.peek(wallMillis);
    private int count;

    void update(String key, Update update) {
      Bytes bytes = Bytes.utf8(key);
      var lattice = strategy(bytes).lattice();
      KeyState held = touched.computeIfAbsent(bytes, k -> copy(bytes));
      OperationId id = new OperationId(replicaId, sequence + 1 + count, stamp + count);
      Value before = shown(bytes, held);
      KeyDelta delta = lattice.prepare(update, held, id);
      Join.into(held, lattice, delta);
      made.add(
          new Change(
              position + 1,
              id.dot(),
              key,
              strategy(bytes),
              lattice.effects(delta),
              before,
              shown(bytes, held)));
      count++;
    }

    private static Value shown(Bytes key, KeyState held) {
      Strategy strategy = strategy(key);
      return SHOWN_WHOLE.contains(strategy) ? strategy.lattice().value(held) : null;
    }

    Value value(String key) {
      Bytes bytes = Bytes.utf8(key);
      KeyState held = touched.getOrDefault(bytes, keys.get(bytes));
      var lattice = strategy(bytes).lattice();
      return lattice.value(held == null ? KeyState.bottomOf(lattice) : held);
    }

    void finish() {
      if (count > 0) {
        keys.putAll(touched);
        changes.addAll(made);
        position++;
        sequence += count;
        clock.observe(stamp + count - 1);
      }
    }
  }

  Commit begin() {
    return new Commit();
  }

  void update(String key, Update update) {
    Commit commit = begin();
    commit.update(key, update);
    commit.finish();
  }

  Value value(String key) {
    return begin().value(key);
  }

  /** The position of the last commit. */
  long position() {
    return position;
  }

  /** The number of the last operation. */
  long sequence() {
    return sequence;
  }

  /** The stamp of the last operation. */
  long clock() {
    return clock.last();
  }

  /** All changes, in the order of the log. */
  List<Change> changes() {
    return changes;
  }

  /** Everything of a key. */
  KeyDelta whole(String key) {
    return copy(Bytes.utf8(key)).copy();
  }

  /** Cells that a reader sees. */
  long liveCells(String key) {
    Bytes bytes = Bytes.utf8(key);
    var lattice = strategy(bytes).lattice();
    return copy(bytes).copy().cells().entrySet().stream()
        .filter(cell -> lattice.live(cell.getKey(), cell.getValue()))
        .count();
  }

  /** The keys under a prefix that have a value. */
  TreeMap<Bytes, Value> present(String prefix) {
    TreeMap<Bytes, Value> present = new TreeMap<>();
    keys.forEach(
        (key, held) -> {
          var lattice = strategy(key).lattice();
          if (key.startsWith(Bytes.utf8(prefix)) && lattice.present(held)) {
            present.put(key, lattice.value(held));
          }
        });
    return present;
  }

  private KeyState copy(Bytes key) {
    var lattice = strategy(key).lattice();
    KeyState copy = KeyState.bottomOf(lattice);
    KeyState held = keys.get(key);
    if (held != null) {
      copy.head(held.head());
      held.copy().cells().forEach(copy::cell);
    }
    return copy;
  }

  private static Strategy strategy(Bytes key) {
    return EveryStrategy.SCHEMA.of(key).strategy();
  }
}
