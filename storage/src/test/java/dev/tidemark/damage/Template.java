package dev.tidemark.damage;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A store of a kind that is damaged in many ways, each time a copy of it. */
final class Template {
  private final String kind;
  private final Path directory;
  private final Path older;
  private final Path foreign;
  private final History history;
  private final long mark;
  private final Set<Bytes> commits;

  /**
   * A template.
   *
   * @param kind its name
   * @param directory its files
   * @param older the same store at an earlier moment, for files that come back from a backup
   * @param foreign another store of the same shape
   * @param history what it held at each position
   */
  Template(String kind, Path directory, Path older, Path foreign, History history) {
    this.kind = kind;
    this.directory = directory;
    this.older = older;
    this.foreign = foreign;
    this.history = history;
    this.commits = commitsOf(directory);
    try (LogReader log = LogReader.open(new StoreFiles(directory))) {
      this.mark = log.durableMark().orElseThrow();
    }
  }

  /** The encoded commits that a log holds. */
  static Set<Bytes> commitsOf(Path directory) {
    Set<Bytes> commits = new HashSet<>();
    try (LogReader log = LogReader.open(new StoreFiles(directory));
        LogCursor cursor = log.cursor(log.firstPosition())) {
      while (cursor.next()) {
        commits.add(
            Bytes.wrap(
                Arrays.copyOfRange(
                    cursor.array(), cursor.offset(), cursor.offset() + cursor.length())));
      }
    }
    return commits;
  }

  String kind() {
    return kind;
  }

  Path directory() {
    return directory;
  }

  Path older() {
    return older;
  }

  Path foreign() {
    return foreign;
  }

  History history() {
    return history;
  }

  /** Up to where its log is promised. */
  long mark() {
    return mark;
  }

  /** The commits of its log. */
  Set<Bytes> commits() {
    return commits;
  }

  /** The values of all keys after each commit. */
  static final class History {
    private final List<Map<String, Value>> moments = new ArrayList<>(List.of(Map.of()));

    /** Takes what a commit has changed. */
    void add(long position, Map<String, Value> changed) {
      if (position != moments.size()) {
        throw new AssertionError("position " + position + " after " + last());
      }
      Map<String, Value> next = new TreeMap<>(moments.get((int) position - 1));
      next.putAll(changed);
      moments.add(next);
    }

    long last() {
      return moments.size() - 1;
    }

    /** The keys that were ever written. */
    Set<String> keys() {
      return moments.get((int) last()).keySet();
    }

    /** The values at a position, those of keys that were not yet written too. */
    Map<String, Value> at(long position) {
      Map<String, Value> all = new TreeMap<>();
      for (String key : keys()) {
        Value value = moments.get((int) position).get(key);
        all.put(key, value != null ? value : empty(key));
      }
      return all;
    }

    /** The latest position at or above another with just these values; -1 if there is none. */
    long find(Map<String, Value> values, long from) {
      for (long position = last(); position >= from; position--) {
        if (values.equals(at(position))) {
          return position;
        }
      }
      return -1;
    }

    private static Value empty(String key) {
      Lattice lattice = Templates.SCHEMA.of(Bytes.utf8(key)).strategy().lattice();
      return lattice.value(KeyState.bottomOf(lattice));
    }
  }
}
