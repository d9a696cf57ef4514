package dev.tidemark.tools.load;

import dev.tidemark.Entry;
import dev.tidemark.Scan;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.error.TidemarkException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds, sorted by who made it: the keys of one writer as they are, those that all
 * share taken apart by the tags of what they hold.
 */
final class StoredValues {
  private final Map<LaneId, Map<String, Value>> byLane = new HashMap<>();
  private final Map<String, Value> sums = new TreeMap<>();
  private final Map<String, String> strangers = new TreeMap<>();

  private StoredValues() {}

  /** Reads everything, each key by the scan and some again by themselves. */
  static StoredValues read(Tidemark store, Verdict verdict) {
    StoredValues values = new StoredValues();
    WholeValues whole = new WholeValues(store);
    int count = 0;
    try (Scan scan = store.scan("")) {
      for (Entry entry = scan.next(); entry != null; entry = scan.next()) {
        values.add(entry.key(), whole(whole, entry, verdict));
        if (count++ % 16 == 0 && !entry.value().equals(store.value(entry.key()))) {
          verdict.wrong("key " + entry.key(), "a scan and a read of it differ");
        }
      }
    }
    return values;
  }

  private static Value whole(WholeValues whole, Entry entry, Verdict verdict) {
    try {
      return whole.of(entry.key(), entry.value());
    } catch (TidemarkException e) {
      verdict.wrong("key " + entry.key(), "its large value cannot be read: " + e.getMessage());
      return entry.value();
    }
  }

  private void add(String key, Value value) {
    LaneId lane = Keys.lane(key);
    if (lane != null) {
      put(lane, key, value);
    } else if (Keys.isHot(key)) {
      addShared(key, value);
    } else if (!Keys.isRegistry(key)) {
      strangers.put(key, "nobody wrote it");
    }
  }

  private void put(LaneId lane, String key, Value value) {
    byLane.computeIfAbsent(lane, l -> new HashMap<>()).put(key, value);
  }

  private void addShared(String key, Value value) {
    if (!SharedKeys.isTaggedByItem(LaneModel.strategy(key))) {
      sums.put(key, value);
    } else if (value instanceof Value.Elements set) {
      split(key, set.elements(), item -> item)
          .forEach((lane, mine) -> put(lane, key, new Value.Elements(mine)));
    } else if (value instanceof Value.Events journal) {
      split(key, journal.events(), item -> item)
          .forEach((lane, mine) -> put(lane, key, new Value.Events(mine)));
    } else if (value instanceof Value.Fields map) {
      split(key, map.fields().entrySet(), Map.Entry::getKey)
          .forEach((lane, mine) -> put(lane, key, fields(mine)));
    }
  }

  private static Value fields(List<Map.Entry<Bytes, Value>> entries) {
    TreeMap<Bytes, Value> fields = new TreeMap<>();
    entries.forEach(entry -> fields.put(entry.getKey(), entry.getValue()));
    return new Value.Fields(fields);
  }

  private <T> Map<LaneId, List<T>> split(String key, Iterable<T> items, Function<T, Bytes> tagged) {
    Map<LaneId, List<T>> split = new HashMap<>();
    for (T item : items) {
      String text = tagged.apply(item).toUtf8();
      LaneId maker = Keys.maker(text);
      if (maker == null) {
        strangers.put(key + " holds " + text, "nobody wrote it");
      } else {
        split.computeIfAbsent(maker, m -> new ArrayList<>()).add(item);
      }
    }
    return split;
  }

  /** What one writer made, by key. */
  Map<String, Value> of(LaneId lane) {
    return byLane.getOrDefault(lane, Map.of());
  }

  /** The writers of which there is something. */
  Iterable<LaneId> lanes() {
    return List.copyOf(byLane.keySet());
  }

  /** What a shared key holds that cannot be taken apart, or null if there is no such key. */
  @Nullable Value shared(String key) {
    return sums.get(key);
  }

  /** The shared keys that cannot be taken apart. */
  Iterable<String> sharedKeys() {
    return List.copyOf(sums.keySet());
  }

  /** What bears nobody's name, with what is wrong about it. */
  Map<String, String> strangers() {
    return strangers;
  }
}
