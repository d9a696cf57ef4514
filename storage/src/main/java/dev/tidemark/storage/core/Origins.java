package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.stability.Row;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.state.OriginRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * How far each replica's history is in this store's log, and what each had seen by then: the
 * store's version vector, and the matrix clock. Guarded by the store's write lock.
 */
public final class Origins {
  private static final OriginRow NOTHING = new OriginRow(0, 0, ChainHash.NONE, VersionVector.EMPTY);

  private static final long[] NOBODY = new long[0];

  private final long self;
  private final Long2ObjectHashMap<OriginRow> rows;
  private final Set<Long> news = new HashSet<>();

  /** What is folded, as seen by one of the replicas. */
  public Origins(long self, Map<Long, OriginRow> folded) {
    this.self = self;
    this.rows = new Long2ObjectHashMap<>();
    rows.putAll(folded);
    findNews();
  }

  /** Of whom there is more than this replica's own operations tell. */
  private void findNews() {
    VersionVector told = row(self).known();
    rows.forEach(
        (replica, row) -> {
          if (replica != self && row.sequence() > told.get(replica)) {
            news.add(replica);
          }
        });
  }

  /** How many replicas there is something of. */
  int size() {
    return rows.size();
  }

  /** How far a replica is. */
  public OriginRow row(long replica) {
    OriginRow row = rows.get(replica);
    return row == null ? NOTHING : row;
  }

  /** What this replica has seen of others since its own previous commit. */
  VersionVector summary() {
    if (news.isEmpty()) {
      return VersionVector.EMPTY;
    }
    VersionVector summary = VersionVector.EMPTY;
    for (long replica : news) {
      summary = summary.with(replica, row(replica).sequence());
    }
    return summary;
  }

  /** Of whom there is something here that a replica which knows so much of others has not seen. */
  long[] unseenBy(long replica, VersionVector known) {
    long[] unseen = NOBODY;
    for (var entry : rows.entrySet()) {
      long other = entry.getKey();
      if (other != replica && entry.getValue().sequence() > known.get(other)) {
        unseen = Arrays.copyOf(unseen, unseen.length + 1);
        unseen[unseen.length - 1] = other;
      }
    }
    return unseen;
  }

  /** Takes note of a logged commit; gives its origin's new row. */
  public OriginRow advance(CommitHeader header) {
    OriginRow before = row(header.origin());
    OriginRow after =
        new OriginRow(
            header.lastSequence(),
            header.lastStamp(),
            header.chain(),
            before.known().join(header.summary()));
    rows.put(header.origin(), after);
    if (header.origin() == self) {
      news.clear();
    } else {
      news.add(header.origin());
    }
    return after;
  }

  /** The rows that a run changes, as they are behind it. */
  public SortedMap<Long, OriginRow> behind(List<OriginCoverage> run) {
    SortedMap<Long, OriginRow> changed = new TreeMap<>(Long::compareUnsigned);
    for (OriginCoverage of : run) {
      OriginRow before = row(of.origin());
      if (of.after() > before.sequence()) {
        changed.put(
            of.origin(),
            new OriginRow(
                of.after(), of.lastStamp(), of.chainAfter(), before.known().join(of.summary())));
      }
    }
    return changed;
  }

  /** Takes note of a run. */
  public void advance(SortedMap<Long, OriginRow> changed) {
    rows.putAll(changed);
    news.clear();
    findNews();
  }

  /** What is known of each replica: the matrix clock. */
  public Map<Long, Row> matrix() {
    Map<Long, Row> matrix = new HashMap<>();
    rows.forEach(
        (replica, row) ->
            matrix.put(replica, new Row(row.sequence(), row.lastStamp(), row.known())));
    return matrix;
  }

  /** What is here of each replica, from its first operation on, with the hash of its history. */
  List<OriginCoverage> histories() {
    // Not a stream of entries: this map gives one and the same entry object again and again.
    SortedMap<Long, OriginCoverage> sorted = new TreeMap<>(Long::compareUnsigned);
    rows.forEach((replica, row) -> sorted.put(replica, history(replica, row)));
    return List.copyOf(sorted.values());
  }

  private static OriginCoverage history(long replica, OriginRow row) {
    return new OriginCoverage(
        replica,
        0,
        row.sequence(),
        row.lastStamp(),
        VersionVector.EMPTY,
        ChainHash.NONE,
        row.chain());
  }

  VersionVector vector() {
    List<Long> replicas = new ArrayList<>(rows.keySet());
    replicas.sort(Long::compareUnsigned);
    VersionVector.Builder vector = new VersionVector.Builder(replicas.size());
    replicas.forEach(replica -> vector.add(replica, row(replica).sequence()));
    return vector.build();
  }
}
