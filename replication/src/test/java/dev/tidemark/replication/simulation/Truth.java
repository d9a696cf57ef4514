package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.storage.log.OriginCoverage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What really happened, as nobody in the simulation knows it. */
final class Truth {
  private final Map<Long, NavigableMap<Long, Made>> made = new HashMap<>();
  private final Map<Long, Map<Long, Long>> chains = new HashMap<>();
  private final Set<Dot> forgotten = new HashSet<>();

  /**
   * An operation.
   *
   * @param version what it is ordered by
   * @param seen what its maker had seen before
   */
  record Made(String key, Update update, Version version, VersionVector seen) {}

  /** A replica has made an operation. */
  void made(Made what) {
    made.computeIfAbsent(what.version().replica(), none -> new TreeMap<>())
        .put(what.version().sequence(), what);
  }

  /** What a replica made under one of its sequences; null if that says nothing of a key. */
  @Nullable Made of(long replica, long sequence) {
    NavigableMap<Long, Made> all = made.get(replica);
    return all == null ? null : all.get(sequence);
  }

  /** What a replica made behind one of its sequences, up to another. */
  Collection<Made> between(long replica, long behind, long last) {
    NavigableMap<Long, Made> all = made.get(replica);
    return all == null || behind >= last
        ? List.of()
        : all.subMap(behind, false, last, true).values();
  }

  /** A power loss has taken what it made behind a sequence, which it had told nobody. */
  void lost(long replica, long behind) {
    made.computeIfAbsent(replica, none -> new TreeMap<>()).tailMap(behind, false).clear();
    chains
        .computeIfAbsent(replica, none -> new HashMap<>())
        .keySet()
        .removeIf(sequence -> sequence > behind);
  }

  /** What counters hold once a replica has seen so much. */
  Map<String, Long> counters(VersionVector seen) {
    Map<String, Long> sums = new HashMap<>();
    for (Made each : within(seen)) {
      if (each.update() instanceof Update.Increment of) {
        sums.merge(each.key(), of.amount(), Long::sum);
      } else if (each.update() instanceof Update.Decrement of) {
        sums.merge(each.key(), -of.amount(), Long::sum);
      }
    }
    return sums;
  }

  /** What growing sets hold once a replica has seen so much. */
  Map<String, TreeSet<Bytes>> growing(VersionVector seen) {
    Map<String, TreeSet<Bytes>> sets = new HashMap<>();
    for (Made each : within(seen)) {
      if (each.key().startsWith("grow/") && each.update() instanceof Update.Add of) {
        sets.computeIfAbsent(each.key(), none -> new TreeSet<>()).add(of.element());
      }
    }
    return sets;
  }

  /** Nobody has an operation any more: it has no effect on a key that anybody holds. */
  void forgotten(Dot lost) {
    forgotten.add(lost);
  }

  private List<Made> within(VersionVector seen) {
    List<Made> all = new ArrayList<>();
    made.keySet().forEach(replica -> all.addAll(between(replica, 0, seen.get(replica))));
    all.removeIf(
        each -> forgotten.contains(new Dot(each.version().replica(), each.version().sequence())));
    return all;
  }

  /** A replica's history up to a sequence is one and the same wherever it is seen. */
  void requireSame(Node node, OriginCoverage history) {
    Map<Long, Long> known = chains.computeIfAbsent(history.origin(), none -> new HashMap<>());
    Long chain = known.putIfAbsent(history.after(), history.chainAfter());
    if (chain != null && chain != history.chainAfter()) {
      throw new Invariant.Violation(OriginsAreDense.class, node, "another history", history);
    }
  }
}
