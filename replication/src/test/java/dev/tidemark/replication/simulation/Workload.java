package dev.tidemark.replication.simulation;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.OutsideInterestException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Retention;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** What is written, and what can be read of it. */
final class Workload {
  static final Schema SCHEMA =
      Schema.empty()
          .and("count/", Strategy.PN_COUNTER)
          .and("grow/", Strategy.G_SET)
          .and("set/", Strategy.OR_SET)
          .and("value/", Strategy.MV_REGISTER)
          .and("last/", Strategy.LWW_REGISTER)
          .and("map/", Strategy.LWW_MAP);

  static final List<String> PREFIXES =
      List.of("count/", "grow/", "set/", "value/", "last/", "map/");
  private static final int KEYS = 4;
  private static final int ELEMENTS = 12;

  private Workload() {}

  /** Nothing goes on behind its back. */
  static Options options(long id, LongSupplier clock) {
    return Options.defaults()
        .withReplicaId(id)
        .withClock(clock)
        .withSyncInterval(Duration.ofHours(1))
        .withCompactionBytesPerSecond(0)
        .withStewardInterval(Duration.ZERO)
        .withRetention(Retention.byCommandOnly())
        .withCacheBytes(4 << 20)
        .withSegmentBytes(128 << 10);
  }

  /** Makes one update, if it may; false if the store refuses to write. */
  static boolean update(Node node, SplittableRandom random) {
    if (!node.hasJoined()) {
      return false;
    }
    Tidemark store = node.store();
    String prefix = PREFIXES.get(random.nextInt(PREFIXES.size()));
    String key = prefix + random.nextInt(KEYS);
    long amount = 1 + random.nextInt(9);
    Bytes element = Bytes.utf8("e" + random.nextInt(ELEMENTS));
    boolean removes = random.nextInt(3) == 0;
    Update update =
        switch (prefix) {
          case "count/" -> removes ? new Update.Decrement(amount) : new Update.Increment(amount);
          case "grow/" -> new Update.Add(element);
          case "set/" -> removes ? new Update.Remove(element) : new Update.Add(element);
          case "map/" ->
              removes ? new Update.Remove(element) : new Update.PutField(element, element);
          default -> removes ? new Update.Delete() : new Update.SetValue(element);
        };
    VersionVector seen = store.vector();
    try {
      store.update(key, update);
    } catch (NotMemberException | OutsideInterestException outside) {
      return false;
    }
    Version version = new Version(node.clock(), node.id, seen.get(node.id) + 1);
    node.cluster.truth.made(new Truth.Made(key, update, version, seen));
    return true;
  }

  /** All keys. */
  static List<String> keys() {
    return PREFIXES.stream()
        .flatMap(prefix -> IntStream.range(0, KEYS).mapToObj(i -> prefix + i))
        .toList();
  }

  /** The values of all keys that it holds. */
  static SortedMap<String, Value> values(Tidemark store) {
    SortedMap<String, Value> values = new TreeMap<>();
    for (String key : keys()) {
      if (store.interest().covers(Bytes.utf8(key))) {
        values.put(key, store.value(key));
      }
    }
    return values;
  }
}
