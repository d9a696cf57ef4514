package dev.tidemark.storage.statistics;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;

/**
 * The items that come most often, in bounded memory: the Space-Saving sketch of Metwally, Agrawal
 * and El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005.
 * An item that is not tracked takes the place and the count of one that came least often. So no
 * item that came more often than one in {@code capacity} is missing, and each count is too great by
 * at most what is said beside it.
 */
final class HeavyHitters<T> {
  private final int capacity;
  private final Map<T, Hits> tracked = new HashMap<>();
  // The tracked items by count, so that one with the least is at hand.
  private final TreeMap<Long, LinkedHashSet<T>> byCount = new TreeMap<>();

  /** How often an item came: at most {@code count}, at least {@code count - excess}. */
  record Hits(long count, long excess) {}

  HeavyHitters(int capacity) {
    this.capacity = capacity;
  }

  void add(T item) {
    Hits before = tracked.get(item);
    if (before != null) {
      leave(item, before.count());
      enter(item, new Hits(before.count() + 1, before.excess()));
    } else if (tracked.size() < capacity) {
      enter(item, new Hits(1, 0));
    } else {
      Entry<Long, LinkedHashSet<T>> least = byCount.firstEntry();
      T evicted = least.getValue().iterator().next();
      tracked.remove(evicted);
      leave(evicted, least.getKey());
      enter(item, new Hits(least.getKey() + 1, least.getKey()));
    }
  }

  private void enter(T item, Hits hits) {
    tracked.put(item, hits);
    byCount.computeIfAbsent(hits.count(), count -> new LinkedHashSet<>()).add(item);
  }

  private void leave(T item, long count) {
    LinkedHashSet<T> items = byCount.get(count);
    if (items != null) {
      items.remove(item);
      if (items.isEmpty()) {
        byCount.remove(count);
      }
    }
  }

  /** The most frequent ones, first the one that came most often for sure. */
  List<Entry<T, Hits>> most(int wanted) {
    Comparator<Entry<T, Hits>> bySure =
        Comparator.comparingLong(entry -> entry.getValue().count() - entry.getValue().excess());
    Comparator<Entry<T, Hits>> byCounts =
        Comparator.comparingLong(entry -> entry.getValue().count());
    return tracked.entrySet().stream()
        .sorted(bySure.thenComparing(byCounts).reversed())
        .limit(wanted)
        .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
        .toList();
  }
}
