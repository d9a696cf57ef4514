package dev.tidemark.engine.simulation;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.operation.Update;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** What a store does with its log behind its users' backs. */
final class Upkeep {
  private final Node node;
  private final Random random;

  Upkeep(Node node, Random random) {
    this.node = node;
    this.random = random;
  }

  /** Folds some piece of the log; states stay as they are. */
  void fold() {
    int size = node.log.size();
    if (size < 2) {
      return;
    }
    int from = random.nextInt(size - 1);
    int to = from;
    while (to < size && !(node.log.get(to) instanceof Item.State) && random.nextInt(8) != 0) {
      to++;
    }
    if (to - from < 2) {
      return;
    }
    List<Item> piece = node.log.subList(from, to);
    Item.Run run = run(piece);
    node.world.tally().count(Kind.FOLD);
    if (endsAtARemove(run, node.seen)) {
      node.world.tally().count(Kind.FOLD_STRADDLES_A_REMOVE);
    }
    piece.clear();
    node.log.add(from, run);
  }

  /** Whether a remove of something in the piece came later than the piece. */
  private boolean endsAtARemove(Item.Run run, BitSet seen) {
    Oracle oracle = node.world.oracle();
    return seen.stream()
        .filter(index -> !run.ops().get(index))
        .filter(
            index ->
                oracle.update(index) instanceof Update.Delete
                    || oracle.update(index) instanceof Update.Remove)
        .anyMatch(index -> run.keys().containsKey(oracle.key(index)));
  }

  private Item.Run run(List<Item> piece) {
    Map<Long, Extent> covers = new HashMap<>();
    Map<Bytes, KeyState> states = new TreeMap<>();
    Said said = Said.NOTHING;
    BitSet ops = new BitSet();
    for (Item item : piece) {
      ops.or(item.ops());
      if (item instanceof Item.Single single) {
        long before = single.header().firstSequence() - 1;
        Progress after = Progress.NOTHING.and(single.header());
        covers.merge(
            single.header().origin(),
            new Extent(before, single.chainBefore(), after.row(), after.chain()),
            Extent::and);
        if (single.delta() != null) {
          fold(states, single.key(), single.delta());
        }
        said = said.join(single.said());
      } else {
        Item.Run run = (Item.Run) item;
        run.covers().forEach((origin, extent) -> covers.merge(origin, extent, Extent::and));
        run.keys().forEach((key, delta) -> fold(states, key, delta));
        said = said.join(run.said());
      }
    }
    Map<Bytes, KeyDelta> keys = new TreeMap<>();
    states.forEach((key, state) -> keys.put(key, state.copy()));
    return new Item.Run(covers, keys, said, ops);
  }

  private void fold(Map<Bytes, KeyState> states, Bytes key, KeyDelta delta) {
    Join.into(states.computeIfAbsent(key, k -> KeyState.noDeltas()), node.lattice(key), delta);
  }

  /** Drops the oldest part of the log. */
  void truncate() {
    truncate(random.nextInt(node.log.size() + 1));
  }

  /** Drops all of it. */
  void truncateAll() {
    truncate(node.log.size());
  }

  private void truncate(int drop) {
    List<Item> gone = new ArrayList<>(node.log.subList(0, drop));
    for (Item item : gone) {
      node.cut = node.cut.join(item.after());
    }
    node.log.subList(0, drop).clear();
  }
}
