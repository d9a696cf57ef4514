package dev.tidemark;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.conflict.Conflict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which values one store loses to concurrent updates, from nothing but every update it has taken
 * and, of each, the set of all that its maker had taken before.
 */
final class ConflictModel {
  /** An update of a key. */
  record Written(String key, Strategy strategy, Update update) {}

  /** A commit, and the operations that its maker had taken. */
  record Made(
      long replica, long firstSequence, long firstStamp, List<Written> updates, List<Dot> history) {
    boolean holds(Dot dot) {
      return dot.replica() == replica
          && dot.sequence() >= firstSequence
          && dot.sequence() < firstSequence + updates.size();
    }
  }

  /** Two updates of a key, or of a field. */
  record Pair(Bytes key, @Nullable Bytes field, Dot winner, Dot loser) {
    static Pair of(Conflict conflict) {
      return new Pair(
          conflict.key(),
          conflict.field(),
          conflict.winner().operation(),
          conflict.loser().operation());
    }
  }

  /** An update as one key's history has it. */
  private record Entry(Version version, Update update) {
    boolean isDelete() {
      return update instanceof Update.Delete;
    }

    @Nullable Bytes field() {
      return update instanceof Update.PutField put
          ? put.field()
          : update instanceof Update.Remove remove ? remove.item() : null;
    }

    /** What it wrote; null if it took away. */
    @Nullable Object value() {
      if (update instanceof Update.SetValue set) {
        return set.value();
      }
      return update instanceof Update.PutField put ? put.value() : null;
    }

    Value.EpochCount point() {
      Update.PutEpoch put = (Update.PutEpoch) update;
      return new Value.EpochCount(put.epoch(), put.count());
    }
  }

  private final Set<Dot> operations = new LinkedHashSet<>();
  private final List<Made> taken = new ArrayList<>();
  private final Map<String, List<Entry>> byKey = new HashMap<>();
  private final List<Pair> pairs = new ArrayList<>();

  Collection<Dot> operations() {
    return operations;
  }

  List<Made> taken() {
    return taken;
  }

  List<Pair> pairs() {
    return pairs;
  }

  void takeOwn(Made commit) {
    taken.add(commit);
    entries(commit).forEach((key, entries) -> byKey(key).addAll(entries));
    for (int i = 0; i < commit.updates().size(); i++) {
      operations.add(new Dot(commit.replica(), commit.firstSequence() + i));
    }
  }

  void take(Made commit) {
    Set<Dot> seen = Set.copyOf(commit.history());
    entries(commit)
        .forEach(
            (key, entries) -> {
              Strategy strategy =
                  commit.updates().stream()
                      .filter(of -> of.key().equals(key))
                      .findFirst()
                      .orElseThrow()
                      .strategy();
              Bytes bytes = Bytes.utf8(key);
              switch (strategy) {
                case LWW_REGISTER -> register(bytes, last(entries), byKey(key), seen);
                case LWW_MAP -> map(bytes, entries, byKey(key), seen);
                case EPOCH_MAX -> epoch(bytes, entries, byKey(key), seen);
                default -> {}
              }
            });
    takeOwn(commit);
  }

  private List<Entry> byKey(String key) {
    return byKey.computeIfAbsent(key, none -> new ArrayList<>());
  }

  private static Map<String, List<Entry>> entries(Made commit) {
    Map<String, List<Entry>> entries = new TreeMap<>();
    for (int i = 0; i < commit.updates().size(); i++) {
      Version version =
          new Version(commit.firstStamp() + i, commit.replica(), commit.firstSequence() + i);
      Written written = commit.updates().get(i);
      entries
          .computeIfAbsent(written.key(), none -> new ArrayList<>())
          .add(new Entry(version, written.update()));
    }
    return entries;
  }

  private static Entry last(List<Entry> entries) {
    return entries.get(entries.size() - 1);
  }

  private static @Nullable Entry newest(List<Entry> entries) {
    return entries.stream().max(Comparator.comparing(Entry::version)).orElse(null);
  }

  private void register(Bytes key, Entry arriving, List<Entry> before, Set<Dot> seen) {
    meet(key, null, newest(before), arriving, seen);
  }

  private void meet(
      Bytes key, @Nullable Bytes field, @Nullable Entry held, Entry arriving, Set<Dot> seen) {
    if (held == null || seen.contains(held.version().dot())) {
      return;
    }
    boolean wins = held.version().compareTo(arriving.version()) > 0;
    Entry winner = wins ? held : arriving;
    Entry loser = wins ? arriving : held;
    if (loser.value() != null && !Objects.equals(loser.value(), winner.value())) {
      pairs.add(new Pair(key, field, winner.version().dot(), loser.version().dot()));
    }
  }

  private void map(Bytes key, List<Entry> arriving, List<Entry> before, Set<Dot> seen) {
    Entry cut = newest(arriving.stream().filter(Entry::isDelete).toList());
    TreeMap<Bytes, Entry> fields = new TreeMap<>();
    for (Entry entry : arriving) {
      if (!entry.isDelete() && (cut == null || entry.version().compareTo(cut.version()) > 0)) {
        fields.put(Objects.requireNonNull(entry.field()), entry);
      }
    }
    fields.forEach((field, entry) -> meet(key, field, of(field, before), entry, seen));
    if (cut != null) {
      TreeMap<Bytes, Entry> others = new TreeMap<>();
      for (Entry entry : before) {
        Bytes field = entry.field();
        if (field != null && !fields.containsKey(field)) {
          others.put(field, entry);
        }
      }
      others
          .keySet()
          .forEach(
              field -> {
                Entry held = Objects.requireNonNull(of(field, before));
                if (held.version().compareTo(cut.version()) < 0) {
                  meet(key, field, held, cut, seen);
                }
              });
    }
  }

  /** What is read of a field: the newest of what was done to it or to the whole map. */
  private static @Nullable Entry of(Bytes field, List<Entry> before) {
    return newest(before.stream().filter(of -> of.isDelete() || field.equals(of.field())).toList());
  }

  private void epoch(Bytes key, List<Entry> arriving, List<Entry> before, Set<Dot> seen) {
    Entry heldCut = newest(before.stream().filter(Entry::isDelete).toList());
    Entry cut = newest(arriving.stream().filter(Entry::isDelete).toList());
    if (cut != null) {
      for (Entry held : points(before)) {
        if (held.version().compareTo(cut.version()) < 0 && !seen.contains(held.version().dot())) {
          pairs.add(new Pair(key, null, cut.version().dot(), held.version().dot()));
        }
      }
    }
    if (heldCut != null && !seen.contains(heldCut.version().dot())) {
      for (Entry put : points(arriving)) {
        if (put.version().compareTo(heldCut.version()) < 0) {
          pairs.add(new Pair(key, null, heldCut.version().dot(), put.version().dot()));
        }
      }
    }
  }

  /** The puts that can still be read once a later delete takes others, oldest first. */
  private static List<Entry> points(List<Entry> entries) {
    Entry cut = newest(entries.stream().filter(Entry::isDelete).toList());
    List<Entry> alive =
        entries.stream()
            .filter(of -> !of.isDelete())
            .filter(of -> cut == null || of.version().compareTo(cut.version()) > 0)
            .toList();
    return alive.stream()
        .filter(
            of ->
                alive.stream()
                    .noneMatch(
                        other ->
                            other.version().compareTo(of.version()) > 0
                                && other.point().compareTo(of.point()) >= 0))
        .sorted(Comparator.comparing(Entry::version))
        .toList();
  }
}
