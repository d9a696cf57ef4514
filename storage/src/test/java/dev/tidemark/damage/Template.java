package dev.tidemark.damage;

import dev.tidemark.engine.operation.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A store of a kind that is damaged in many ways, each time a copy of it.
 *
 * @param kind its name
 * @param directory its files
 * @param older the same store at an earlier moment, for files that come back from a backup
 * @param foreign another store of the same shape
 * @param history what it held at each position
 */
record Template(String kind, Path directory, Path older, Path foreign, History history) {
  /** The values of all keys after each commit; position 0 is the empty store. */
  static final class History {
    private final List<Map<String, Value>> changes = new ArrayList<>();

    /** Takes what a commit has changed. */
    void add(long position, Map<String, Value> changed) {
      if (position != changes.size() + 1) {
        throw new AssertionError("position " + position + " after " + changes.size());
      }
      changes.add(Map.copyOf(changed));
    }

    long last() {
      return changes.size();
    }

    /** The values at a position. */
    Map<String, Value> at(long position) {
      Map<String, Value> all = new TreeMap<>();
      changes.subList(0, (int) position).forEach(all::putAll);
      return all;
    }

    /** The keys that were ever written. */
    List<String> keys() {
      return List.copyOf(at(last()).keySet());
    }
  }
}
