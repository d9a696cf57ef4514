package dev.tidemark.damage;

import dev.tidemark.EveryStrategy;
import dev.tidemark.Exchange;
import dev.tidemark.Tidemark;
import dev.tidemark.damage.Template.History;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.repair.Repair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Makes the stores that are damaged: one of each kind that an open may meet. */
final class Templates {
  static final Options OPTIONS =
      Options.defaults()
          .withSegmentBytes(64 << 10)
          .withCompactionBytesPerSecond(0)
          .withOverlayBytes(256 << 10)
          .withCacheBytes(4 << 20)
          .withSyncInterval(Duration.ofHours(1));

  /** One strategy for each shape of records. */
  static final List<Strategy> STRATEGIES =
      List.of(
          Strategy.LWW_REGISTER,
          Strategy.PN_COUNTER,
          Strategy.OR_SET,
          Strategy.OR_MAP_OF_OR_SET,
          Strategy.JOURNAL);

  static final Schema SCHEMA = schema();

  private static final int COMMITS = 90;
  private static final int UNSYNCED = 40;
  private static final int KEYS = 2;
  private static final int KEPT_ZEROS = 2 << 10;

  private final Path root;

  private Templates(Path root) {
    this.root = root;
  }

  private static Schema schema() {
    Schema schema = Schema.empty();
    for (Strategy strategy : STRATEGIES) {
      schema = schema.and(EveryStrategy.prefix(strategy), strategy);
    }
    return schema;
  }

  /** All kinds, below a directory. */
  static List<Template> make(Path root) throws IOException {
    return new Templates(root).all();
  }

  /** One kind alone: a store that was killed while its newest commits were not synced. */
  static Template killed(Path root) throws IOException {
    Path foreign = root.resolve("foreign");
    Templates templates = new Templates(root);
    templates.grow(foreign, 7, false, foreign.resolveSibling("unused"), 0);
    return templates.killed("killed", foreign, 3, false);
  }

  private List<Template> all() throws IOException {
    List<Template> all = new ArrayList<>();
    Path foreign = root.resolve("foreign");
    grow(foreign, 7, false, foreign.resolveSibling("unused"), 0);
    all.add(closed("clean", foreign, 1, false));
    all.add(closed("segments", foreign, 2, true));
    all.add(killed("killed", foreign, 3, false));
    all.add(killed("half", foreign, 4, true));
    all.add(withoutState(all.get(1)));
    all.add(withQuarantine(all.get(1)));
    all.add(repaired(all.get(1)));
    return all;
  }

  private Template closed(String kind, Path foreign, long seed, boolean roll) throws IOException {
    Path directory = root.resolve(kind);
    Path older = root.resolve(kind + "-older");
    History history = grow(directory, seed, roll, older, COMMITS / 2);
    return new Template(kind, directory, older, foreign, history);
  }

  /** A store that was copied while it was open, which is what a kill leaves. */
  private Template killed(String kind, Path foreign, long seed, boolean flush) throws IOException {
    Path live = root.resolve(kind + "-live");
    Path directory = root.resolve(kind);
    Path older = root.resolve(kind + "-older");
    History history = new History();
    try (Tidemark store = Tidemark.open(live, SCHEMA, OPTIONS)) {
      Random random = new Random(seed);
      for (int i = 1; i <= COMMITS; i++) {
        commit(store, random, history);
        if (i == COMMITS / 4) {
          store.roll();
        }
        if (flush && i == COMMITS / 2) {
          store.flush();
        }
        if (i == COMMITS * 2 / 3) {
          store.sync();
          copyLive(live, older);
        }
      }
      // The folder syncs whatever it folds: again until it has not yet come to the last.
      do {
        for (int i = 0; i < UNSYNCED; i++) {
          commit(store, random, history);
        }
        copyLive(live, directory);
      } while (markOf(directory) > history.last() - UNSYNCED);
    }
    return new Template(kind, directory, older, foreign, history);
  }

  private static long markOf(Path directory) {
    try (LogReader log = LogReader.open(new StoreFiles(directory))) {
      return log.durableMark().orElseThrow();
    }
  }

  /** What vouches for something is copied before what it vouches for. */
  private static void copyLive(Path live, Path to) throws IOException {
    boolean whole = false;
    while (!whole) {
      Trees.delete(to);
      Files.createDirectories(to);
      try {
        for (String name : List.of("DURABLE-MARK", "IDENTITY", "state", "log")) {
          Trees.copy(live.resolve(name), to.resolve(name));
        }
        whole = true;
      } catch (UncheckedIOException e) {
        // RocksDB has just removed a file that it needs no more.
      }
    }
    for (Path file : Trees.below(to.resolve("log"))) {
      if (file.toString().endsWith(".cq4")) {
        cutZeros(file);
      }
    }
  }

  /** Chronicle maps 80 MB ahead; some of it is as good as all of it. */
  private static void cutZeros(Path file) {
    byte[] bytes = Trees.read(file);
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] == 0) {
      end--;
    }
    if (bytes.length > end + KEPT_ZEROS) {
      Trees.write(file, Arrays.copyOf(bytes, end + KEPT_ZEROS));
    }
  }

  private Template withoutState(Template of) {
    Path directory = root.resolve("bare");
    Trees.copy(of.directory(), directory);
    Trees.delete(directory.resolve("state"));
    return new Template("bare", directory, of.older(), of.foreign(), of.history());
  }

  /** A store that had its state built anew. */
  private Template withQuarantine(Template of) {
    Path directory = root.resolve("quarantine");
    Trees.copy(of.directory(), directory);
    Path table =
        Trees.below(directory.resolve("state")).stream()
            .filter(path -> path.toString().endsWith(".sst"))
            .findFirst()
            .orElseThrow();
    Trees.write(table, new byte[0]);
    Tidemark.open(directory, SCHEMA, OPTIONS).close();
    if (!Files.exists(directory.resolve("quarantine"))) {
      throw new AssertionError("nothing was set aside");
    }
    return new Template("quarantine", directory, of.older(), of.foreign(), of.history());
  }

  /** A store whose log begins where a repair found its first whole end. */
  private Template repaired(Template of) throws IOException {
    Path damaged = root.resolve("repaired-from");
    Path directory = root.resolve("repaired");
    Trees.copy(of.directory(), damaged);
    Trees.delete(damaged.resolve("log").resolve("0000000000000001"));
    Repair.run(damaged, directory, event -> {});
    return new Template("repaired", directory, of.older(), of.foreign(), of.history());
  }

  private History grow(Path directory, long seed, boolean roll, Path older, int olderAt)
      throws IOException {
    History history = new History();
    Random random = new Random(seed);
    Tidemark store = Tidemark.open(directory, SCHEMA, OPTIONS);
    Tidemark peer = Tidemark.open(root.resolve("peer-" + seed), SCHEMA, OPTIONS);
    try {
      for (int i = 1; i <= COMMITS; i++) {
        if (i % 5 == 0) {
          take(store, peer, random, history);
        } else {
          commit(store, random, history);
        }
        if (roll && i % (COMMITS / 4) == 0) {
          store.roll();
        }
        if (i == olderAt) {
          store.close();
          Trees.copy(directory, older);
          store = Tidemark.open(directory, SCHEMA, OPTIONS);
        }
      }
    } finally {
      store.close();
      peer.close();
    }
    return history;
  }

  private static void commit(Tidemark store, Random random, History history) {
    Map<String, Value> changed = new TreeMap<>();
    long position =
        store.commit(
            batch -> {
              for (int i = 0; i <= random.nextInt(3); i++) {
                Strategy strategy = pick(random);
                String key = EveryStrategy.key(strategy, random.nextInt(KEYS));
                batch.update(
                    key,
                    EveryStrategy.update(
                        strategy, random.nextInt(8), random.nextInt(6), random.nextInt(9)));
                changed.put(key, batch.value(key));
              }
            });
    // A commit whose updates change nothing is not logged.
    if (position > history.last()) {
      history.add(position, changed);
    }
  }

  /** One commit of another replica. */
  private static void take(Tidemark store, Tidemark peer, Random random, History history) {
    Strategy strategy = pick(random);
    String key = EveryStrategy.key(strategy, random.nextInt(KEYS));
    try (Exchange there = new Exchange(store, peer);
        Exchange back = new Exchange(peer, store)) {
      there.pull();
      peer.update(key, EveryStrategy.update(strategy, 0, random.nextInt(6), random.nextInt(9)));
      back.pull();
      long position = store.status().appendedPosition();
      if (position > history.last()) {
        history.add(position, Map.of(key, store.value(key)));
      }
    }
  }

  private static Strategy pick(Random random) {
    return STRATEGIES.get(random.nextInt(STRATEGIES.size()));
  }
}
