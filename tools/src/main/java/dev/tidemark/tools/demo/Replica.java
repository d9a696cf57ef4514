package dev.tidemark.tools.demo;

import dev.tidemark.Batch;
import dev.tidemark.Entry;
import dev.tidemark.Scan;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Status;
import dev.tidemark.tools.transport.Transport;
import dev.tidemark.type.Journal;
import dev.tidemark.type.OrMapOfRegisters;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** One of the places that commits were made at: a store on disk and what it pulls from. */
final class Replica implements AutoCloseable {
  private static final String TREE = "tree:";
  private static final String AUTHOR = "author:";
  private static final String COMMITS = "commits:";
  private static final Schema SCHEMA =
      Schema.of(TREE, Strategy.OR_MAP_OF_MV_REGISTER)
          .and(AUTHOR, Strategy.G_COUNTER)
          .and(COMMITS, Strategy.JOURNAL);

  private final Transport transport;
  private final Tidemark store;
  private final OrMapOfRegisters<String, String> tree;
  private final Journal<Long> commits;
  private volatile long millis;

  Replica(Path dir, int number, Options options, Transport transport) {
    this.transport = transport;
    this.store =
        Tidemark.open(dir, SCHEMA, options.withReplicaId(number + 1).withClock(() -> millis));
    this.tree = store.orMapOfRegisters(TREE, Codec.utf8(), Codec.utf8());
    this.commits = store.journal(COMMITS, Codec.int64());
  }

  /**
   * Receives what another replica's log holds up to so many of its own operations; nothing if they
   * are here, since what comes before them in its log came with them.
   */
  void pull(Replica from, long operations) {
    if (store.vector().get(from.store.replicaId()) < operations) {
      transport.pullUntil(from.store, store, operations);
    }
  }

  /** Receives all that another replica's log holds. */
  void pullAll(Replica from) {
    if (!store.vector().dominates(from.store.vector())) {
      transport.pull(from.store, store);
    }
  }

  /**
   * Makes a git commit here, as one commit at the time it was made at.
   *
   * @return how many operations this replica has made by now
   */
  long make(GitCommit commit) {
    millis = commit.seconds() * 1000;
    store.commit(batch -> write(commit, batch));
    return ownOperations();
  }

  private static void write(GitCommit commit, Batch batch) {
    OrMapOfRegisters<String, String> tree =
        batch.orMapOfRegisters(TREE, Codec.utf8(), Codec.utf8());
    for (PathWrite write : commit.writes()) {
      Bytes blob = write.blob();
      if (blob == null) {
        tree.remove(write.path().toUtf8());
      } else {
        tree.set(write.path().toUtf8(), blob.toUtf8());
      }
    }
    AuthorTotals totals = commit.totals();
    count(batch, commit.author(), AuthorTotals.COMMITS, totals.commits());
    count(batch, commit.author(), AuthorTotals.ADDED, totals.added());
    count(batch, commit.author(), AuthorTotals.DELETED, totals.deleted());
    batch.journal(COMMITS, Codec.int64()).append((long) commit.index());
  }

  private static void count(Batch batch, int author, String what, long n) {
    if (n > 0) {
      batch.gCounter(AUTHOR + author + ':' + what).increment(n);
    }
  }

  /** Those of the paths that have several contents here. */
  List<Bytes> inConflict(Collection<Bytes> paths) {
    return paths.stream().filter(path -> tree.values(path.toUtf8()).size() > 1).toList();
  }

  /** All files. */
  Tree files() {
    return Tree.of(tree.entries());
  }

  /** What each person did, as far as this replica has seen. */
  SortedMap<Integer, AuthorTotals> authors() {
    SortedMap<Integer, AuthorTotals> authors = new TreeMap<>();
    try (Scan scan = store.scan(AUTHOR)) {
      for (Entry entry = scan.next(); entry != null; entry = scan.next()) {
        String[] key = entry.key().split(":", -1);
        long n = ((Value.Counter) entry.value()).sum().longValueExact();
        authors.merge(Integer.valueOf(key[1]), AuthorTotals.of(key[2], n), AuthorTotals::plus);
      }
    }
    return authors;
  }

  /** The commits of its journal, in order. */
  List<Integer> journal() {
    return commits.events().stream().map(event -> event.event().intValue()).toList();
  }

  /** The bytes that it took over a network. */
  long receivedBytes() {
    return transport.receivedBytes(store);
  }

  /** How many operations it has seen, its own included. */
  long operations() {
    VersionVector vector = store.vector();
    long sum = 0;
    for (int i = 0; i < vector.size(); i++) {
      sum += vector.sequenceAt(i);
    }
    return sum;
  }

  VersionVector vector() {
    return store.vector();
  }

  long ownOperations() {
    return store.vector().get(store.replicaId());
  }

  Status status() {
    return store.status();
  }

  /** Folds everything into the state and writes it to disk. */
  void flush() {
    store.flush();
  }

  @Override
  public void close() {
    transport.leave(store);
    store.close();
  }
}
