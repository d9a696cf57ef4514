package dev.tidemark.storage.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * The state in RocksDB against the same joins in memory: several replicas update the same few keys,
 * each knowing only a part of what the others did, and everything is folded in batches of random
 * size.
 */
class FoldProperties {
  private static final int REPLICAS = 3;
  private static final int KEYS = 3;
  private static final List<Bytes> ITEMS =
      List.of(
          Bytes.EMPTY, States.hex("00"), States.hex("00 01"), Bytes.utf8("a"), States.hex("ff"));

  private Path directory;

  @BeforeTry
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("fold");
  }

  @AfterTry
  void deleteDirectory() throws IOException {
    for (Path file : States.files(directory)) {
      Files.delete(file);
    }
    Files.delete(directory);
  }

  @Property(tries = 30)
  void stateIsTheJoinOfAllDeltasAndItsSumsAreExact(@ForAll long seed, @ForAll Strategy strategy) {
    Random random = new Random(seed);
    Schema schema = Schema.of("k", strategy);
    Model model = new Model(strategy);
    StateStore store = StateStore.open(directory, schema, States.SMALL);
    try {
      for (int round = 0; round < 12; round++) {
        foldOneBatch(store, model, random);
        requireSame(store, model);
        switch (random.nextInt(6)) {
          case 0 -> store.flush();
          case 1 -> {
            store.close();
            store = StateStore.open(directory, schema, States.SMALL);
            requireSame(store, model);
          }
          default -> {}
        }
      }
      assertThat(States.mismatches(store)).isEmpty();
    } finally {
      store.close();
    }
  }

  private static void foldOneBatch(StateStore store, Model model, Random random) {
    Namespace namespace = States.namespace(store, "k");
    TreeMap<Bytes, KeyDelta> pending = model.update(random, 1 + random.nextInt(30));
    try (FoldBatch batch = store.fold()) {
      pending.forEach((key, delta) -> batch.join(namespace, key, delta));
      batch.progress(model.operations, model.operations, States.origin(1, model.operations));
      batch.commit();
    }
  }

  private static void requireSame(StateStore store, Model model) {
    Namespace namespace = States.namespace(store, "k");
    assertThat(store.progress().applied()).isEqualTo(model.operations);
    try (Pin pin = store.pin()) {
      model.joined.forEach(
          (key, state) -> {
            StoredKey stored = store.view(pin, namespace, key);
            assertThat(States.copy(stored)).isEqualTo(state.asDelta());
            assertThat(stored.digest()).isEqualTo(digest(state.asDelta()));
            assertThat(stored.liveCells()).isEqualTo(live(model.lattice, state.asDelta()));
          });
    }
  }

  private static long digest(KeyDelta state) {
    long[] sum = {CellDigest.ofHead(state.head())};
    state.cells().forEach((id, cell) -> sum[0] += CellDigest.ofCell(id, cell));
    return sum[0];
  }

  private static long live(Lattice lattice, KeyDelta state) {
    return state.cells().entrySet().stream()
        .filter(cell -> lattice.live(cell.getKey(), cell.getValue()))
        .count();
  }

  /** What every replica has seen, and the join of everything. */
  private static final class Model {
    final Strategy strategy;
    final Lattice lattice;
    final Map<Bytes, KeyState> joined = new TreeMap<>();
    final List<Map<Bytes, KeyState>> replicas = new ArrayList<>();
    final List<List<Map.Entry<Bytes, KeyDelta>>> unseen = new ArrayList<>();
    final long[] sequences = new long[REPLICAS];
    long operations;

    Model(Strategy strategy) {
      this.strategy = strategy;
      this.lattice = strategy.lattice();
      for (int i = 0; i < REPLICAS; i++) {
        replicas.add(new HashMap<>());
        unseen.add(new ArrayList<>());
      }
    }

    TreeMap<Bytes, KeyDelta> update(Random random, int count) {
      TreeMap<Bytes, KeyState> pending = new TreeMap<>();
      for (int i = 0; i < count; i++) {
        int replica = random.nextInt(REPLICAS);
        if (random.nextInt(4) == 0) {
          catchUp(replica);
        }
        Bytes key = Bytes.utf8("k" + random.nextInt(KEYS));
        KeyView seen = state(replicas.get(replica), key);
        operations++;
        OperationId id = new OperationId(replica + 1, ++sequences[replica], operations);
        KeyDelta delta = lattice.prepare(random(strategy, random), seen, id);
        join(state(replicas.get(replica), key), delta);
        join(state(joined, key), delta);
        join(pending.computeIfAbsent(key, k -> KeyState.noDeltas()), delta);
        for (int other = 0; other < REPLICAS; other++) {
          if (other != replica) {
            unseen.get(other).add(Map.entry(key, delta));
          }
        }
      }
      TreeMap<Bytes, KeyDelta> deltas = new TreeMap<>();
      pending.forEach((key, state) -> deltas.put(key, state.copy()));
      return deltas;
    }

    private void catchUp(int replica) {
      unseen
          .get(replica)
          .forEach(seen -> join(state(replicas.get(replica), seen.getKey()), seen.getValue()));
      unseen.get(replica).clear();
    }

    private KeyState state(Map<Bytes, KeyState> states, Bytes key) {
      return states.computeIfAbsent(key, k -> KeyState.bottomOf(lattice));
    }

    private void join(KeyState into, KeyDelta delta) {
      Join.into(into, lattice, delta);
    }
  }

  private static Update random(Strategy strategy, Random random) {
    Bytes item = ITEMS.get(random.nextInt(ITEMS.size()));
    boolean often = random.nextInt(4) != 0;
    boolean deletes = random.nextInt(12) == 0;
    return switch (strategy) {
      case G_SET -> new Update.Add(item);
      case JOURNAL -> new Update.Append(item);
      default -> deletes ? new Update.Delete() : randomOf(strategy, random, item, often);
    };
  }

  private static Update randomOf(Strategy strategy, Random random, Bytes item, boolean often) {
    return switch (strategy) {
      case LWW_REGISTER, MV_REGISTER -> new Update.SetValue(item);
      case EPOCH_MAX -> new Update.PutEpoch(random.nextInt(3), random.nextInt(5));
      case G_COUNTER -> new Update.Increment(1 + random.nextInt(9));
      case PN_COUNTER -> upOrDown(random, often);
      case OR_SET -> often ? new Update.Add(item) : new Update.Remove(item);
      case EW_FLAG -> often ? new Update.Enable() : new Update.Disable();
      case LWW_MAP -> often ? new Update.PutField(item, item) : new Update.Remove(item);
      case OR_MAP_OF_OR_SET -> field(random, often, item, new Update.Add(item));
      case OR_MAP_OF_MV_REGISTER -> field(random, often, item, new Update.SetValue(item));
      case OR_MAP_OF_EW_FLAG -> field(random, often, item, new Update.Enable());
      case OR_MAP_OF_PN_COUNTER -> field(random, often, item, upOrDown(random, often));
      default -> throw new AssertionError(strategy);
    };
  }

  private static Update field(Random random, boolean often, Bytes item, Update nested) {
    Bytes field = ITEMS.get(random.nextInt(ITEMS.size()));
    return often ? new Update.UpdateField(field, nested) : new Update.Remove(item);
  }

  private static Update upOrDown(Random random, boolean up) {
    long amount = 1 + random.nextInt(9);
    return up ? new Update.Increment(amount) : new Update.Decrement(amount);
  }
}
