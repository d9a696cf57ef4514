package dev.tidemark.engine.laws;

import dev.tidemark.engine.clock.HybridClock;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.strategy.Strategy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** One key's operations as replicas made them, each seeing what had been delivered to it. */
public final class History {
  static final long[] REPLICAS = {7, -1, 1L << 63, 2};

  private final Strategy strategy;
  private final List<Op> ops = new ArrayList<>();

  private History(Strategy strategy) {
    this.strategy = strategy;
  }

  public static History of(Strategy strategy, List<Step> steps) {
    History history = new History(strategy);
    List<Peer> peers = new ArrayList<>();
    for (long replica : REPLICAS) {
      peers.add(history.new Peer(replica));
    }
    for (Step step : steps) {
      Peer at = peers.get(step.at());
      if (step.update() == null) {
        at.receive(peers.get(step.from()), step.part());
      } else {
        at.update(step);
      }
    }
    return history;
  }

  public Strategy strategy() {
    return strategy;
  }

  public Lattice lattice() {
    return strategy.lattice();
  }

  public List<Op> ops() {
    return ops;
  }

  /** All operations in some order in which each comes after those it sees. */
  public List<Op> anyOrder(Random random) {
    List<Op> order = new ArrayList<>();
    BitSet done = new BitSet();
    List<Op> left = new ArrayList<>(ops);
    while (!left.isEmpty()) {
      List<Op> ready = left.stream().filter(op -> isWithin(op.visible(), done)).toList();
      Op next = ready.get(random.nextInt(ready.size()));
      order.add(next);
      done.set(next.index());
      left.remove(next);
    }
    return order;
  }

  /** Some of the operations, with all that they see, in some order. */
  public List<Op> anyPart(Random random) {
    List<Op> order = anyOrder(random);
    return order.subList(0, random.nextInt(order.size() + 1));
  }

  private static boolean isWithin(BitSet inner, BitSet outer) {
    BitSet rest = (BitSet) inner.clone();
    rest.andNot(outer);
    return rest.isEmpty();
  }

  /** The state of joining one delta after the other. */
  public KeyState state(List<Op> order) {
    KeyState state = KeyState.bottomOf(lattice());
    order.forEach(op -> Join.into(state, lattice(), op.delta()));
    return state;
  }

  /** The deltas folded into one element. */
  public KeyState run(List<Op> order) {
    KeyState run = KeyState.noDeltas();
    order.forEach(op -> Join.into(run, lattice(), op.delta()));
    return run;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(strategy.id());
    ops.forEach(op -> out.append("\n  ").append(op));
    return out.toString();
  }

  private final class Peer {
    private final long replica;
    private final HybridClock clock = new HybridClock(0);
    private final KeyState state = KeyState.bottomOf(lattice());
    private final List<Op> log = new ArrayList<>();
    private final BitSet seen = new BitSet();
    private long sequence;

    Peer(long replica) {
      this.replica = replica;
    }

    void update(Step step) {
      // Between two operations on this key there may be others, on other keys.
      sequence += 1 + step.part() % 3;
      OperationId id = new OperationId(replica, sequence, clock.peek(step.now()));
      clock.observe(id.stamp());
      KeyDelta delta = lattice().prepare(step.update(), state, id);
      Op op = new Op(ops.size(), id, step.update(), delta, (BitSet) seen.clone());
      ops.add(op);
      take(op);
    }

    void receive(Peer from, int part) {
      for (Op op : new ArrayList<>(from.log.subList(0, from.log.size() * part / 8))) {
        if (!seen.get(op.index())) {
          take(op);
        }
      }
    }

    private void take(Op op) {
      Join.into(state, lattice(), op.delta());
      clock.observe(op.id().stamp());
      seen.set(op.index());
      log.add(op);
    }
  }
}
