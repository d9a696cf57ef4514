package dev.tidemark.storage.overlay;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.log.LogPlace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pending keys whose deltas are heads with a rank: per key the rank of the join, and where in
 * the log its bytes are. Ranks that differ decide by themselves; where they do not, both heads are
 * read and joined. Guarded by its generation.
 */
final class LoggedHeads implements AutoCloseable {
  private static final int AT_ONCE = 32;

  private final HeadTable table;
  private final LoggedBytes log = new LoggedBytes();
  private final List<Namespace> namespaces = new ArrayList<>(1);
  private @Nullable Namespace lastJoined;
  private int lastNamespace;
  private int @Nullable [] sorted;

  /** Of no use, so that the compiler does not take {@link #bringIn} for that. */
  @SuppressWarnings("UnusedVariable")
  private int looked;

  LoggedHeads(PagePool pool) {
    this.table = new HeadTable(pool);
  }

  /**
   * Looks at what keys will meet, before they come: each lies somewhere else, and the processor
   * waits for many of them as long as for one.
   */
  void bringIn(List<Bytes> keys) {
    int[] hashes = new int[keys.size()];
    int seen = 0;
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = HeadTable.hash(keys.get(i));
      seen += table.lookAtSlot(hashes[i]);
    }
    for (int hash : hashes) {
      seen += table.lookAtRecord(hash);
    }
    looked = seen;
  }

  /** Joins a head that lies at an offset of the log. */
  void join(Namespace namespace, Bytes key, byte[] head, long rank, LogPlace place, long offset) {
    int hash = HeadTable.hash(key);
    int record = table.find(key, hash);
    if (record == HeadTable.NONE) {
      long reference = log.reference(place, offset, head.length);
      table.add(key, hash, number(namespace), rank, reference);
    } else if (rank > table.rank(record)
        || (rank == table.rank(record) && isJoin(namespace.strategy().lattice(), record, head))) {
      table.replace(record, rank, log.reference(place, offset, head.length));
    }
  }

  /** Whether a head is its own join with one of the same rank. */
  private boolean isJoin(Lattice lattice, int record, byte[] head) {
    return Arrays.equals(lattice.join(head(record, null), head).head(), head);
  }

  private int number(Namespace namespace) {
    if (lastJoined != namespace) {
      lastJoined = namespace;
      lastNamespace = namespaces.indexOf(namespace);
      if (lastNamespace < 0) {
        lastNamespace = namespaces.size();
        namespaces.add(namespace);
      }
    }
    return lastNamespace;
  }

  boolean isFull() {
    return log.isFull() || table.count() == HeadTable.MOST_RECORDS;
  }

  boolean isEmpty() {
    return table.count() == 0;
  }

  /** How many keys. */
  int count() {
    return table.count();
  }

  /** How much memory it takes, in bytes. */
  long bytes() {
    return table.bytes();
  }

  /** What is pending of a key, or null. */
  @Nullable KeyDelta find(Bytes key) {
    if (isEmpty()) {
      return null;
    }
    int record = table.find(key, HeadTable.hash(key));
    return record == HeadTable.NONE ? null : KeyDelta.ofHead(head(record, null));
  }

  private byte[] head(int record, @Nullable MappedLog map) {
    byte[] head = log.read(table.reference(record), map);
    Lattice lattice = namespaces.get(table.namespace(record)).strategy().lattice();
    if (lattice.rank(head) != table.rank(record)) {
      throw Problem.of("log does not hold what was appended to it")
          .with("key", table.key(record))
          .with("rank", table.rank(record))
          .with("found", lattice.rank(head))
          .broken();
    }
    return head;
  }

  /** Sees each key with its head, in key order; once nothing is joined any more. */
  void forEach(Generation.Visitor visitor) {
    int[] all = sorted();
    try (MappedLog map = log.map()) {
      for (int from = 0; from < all.length; from += AT_ONCE) {
        int to = Math.min(from + AT_ONCE, all.length);
        bringIn(all, from, to, map);
        for (int i = from; i < to; i++) {
          visitor.visit(
              namespaces.get(table.namespace(all[i])),
              table.key(all[i]),
              KeyDelta.ofHead(head(all[i], map)));
        }
      }
    }
  }

  /**
   * Looks at records, and at what they refer to, before they are needed: in the order of keys each
   * lies somewhere else, and the processor waits for many of them as long as for one.
   */
  private void bringIn(int[] all, int from, int to, MappedLog map) {
    long[] references = new long[to - from];
    for (int i = from; i < to; i++) {
      references[i - from] = table.reference(all[i]);
    }
    int seen = 0;
    for (long reference : references) {
      seen += log.lookAt(reference, map);
    }
    looked = seen;
  }

  /** The least key at or above the given one, or null; once nothing is joined any more. */
  @Nullable Bytes ceiling(Bytes from) {
    int[] all = sorted();
    int low = 0;
    int high = all.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (table.compare(all[middle], from) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < all.length ? table.key(all[low]) : null;
  }

  private synchronized int[] sorted() {
    int[] all = sorted;
    if (all == null) {
      all = HeadOrder.of(table);
      sorted = all;
    }
    return all;
  }

  @Override
  public void close() {
    log.close();
    table.release();
  }
}
