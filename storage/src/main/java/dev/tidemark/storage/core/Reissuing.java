package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.reissue.Reissue;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.blob.Visit;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.membership.Reissued;
import dev.tidemark.storage.membership.RingReport;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes anew, as ordinary updates of one store, what only another one has that must not go on under
 * its id: key by key what the join would have made of both. With each key it logs how far it is, so
 * that nothing is made twice: where it was interrupted it goes on, here or at another member.
 *
 * <p>Memory: both states of a key, the updates of one, and which operations were lost.
 */
final class Reissuing {
  static final int MOST_LEFT = 1_000;

  /** Of a key that can be done in parts. */
  private static final int UPDATES_AT_A_TIME = 2_000;

  private final StoreCore to;
  private final StoreCore from;
  private final List<Bytes> left = new ArrayList<>();

  /** Seen here, and without effect. */
  private Set<Dot> lost = Set.of();

  private long keys;
  private long updates;

  Reissuing(StoreCore to, StoreCore from) {
    this.to = to;
    this.from = from;
  }

  ReissueReport run() {
    to.refuseInCommit("reissue", "do it before or after");
    long replica = from.replicaId();
    to.locked(
        () -> {
          to.cluster().membership().requireGone(replica);
          return Boolean.TRUE;
        });
    requireOneHistory();
    requireHeld();
    Reissued done =
        to.views().read(MembersKey.KEY, CellRange.ALL, key -> MembersKey.reissued(key, replica));
    if (!done.isDone()) {
      lost = LostOperations.of(to);
      from.foldPending();
      try (Pin pin = from.state().pin()) {
        from.schema().namespaces().stream()
            .filter(namespace -> !namespace.equals(Namespace.SYSTEM))
            .sorted(Comparator.comparing(Namespace::prefix))
            .filter(namespace -> namespace.prefix().compareTo(done.prefix()) >= 0)
            .forEach(namespace -> all(pin, namespace, done));
      }
      to.commit(null, batch -> batch.update(MembersKey.KEY, mark(Reissued.all())));
    }
    to.sync();
    return new ReissueReport(keys, updates, List.copyOf(left));
  }

  private Update mark(Reissued upTo) {
    return MembersKey.reissued(from.replicaId(), to.replicaId(), upTo);
  }

  /** Where the same numbers stand for different operations no vector tells who has which. */
  private void requireOneHistory() {
    long replica = from.replicaId();
    long theirs = from.vector().get(replica);
    for (OriginCoverage ours : to.histories()) {
      boolean isForked =
          ours.origin() == replica
              && (ours.after() > theirs
                  || (ours.after() == theirs && ours.chainAfter() != chain(replica)));
      if (isForked) {
        throw Problem.of("store has another history of itself")
            .with("replica", ReplicaId.format(replica))
            .with("seen", ours.after())
            .with("made", theirs)
            .advise(
                "it is an old copy: what it made since lies behind that, `tidemark log --json`"
                    + " lists it, to be made anew by hand")
            .illegalState();
      }
    }
  }

  /** Where a key is not held there is nothing to compare with: what was removed would come back. */
  private void requireHeld() {
    RingReport ring = to.cluster().ringReport();
    boolean isShared = ring.ring() != null && ring.self() != null;
    Interest taken = isShared ? ring.share() : to.interest();
    if (!taken.covers(from.interest())) {
      throw Problem.of("store does not hold all that is to be made anew")
          .with("needed", from.interest())
          .with("held", taken)
          .advise(
              "do it at one that does: let a new store in that holds all keys, and do it there once"
                  + " that has what the others have")
          .illegalState();
    }
  }

  private long chain(long replica) {
    return from.histories().stream()
        .filter(of -> of.origin() == replica)
        .mapToLong(OriginCoverage::chainAfter)
        .findFirst()
        .orElse(0);
  }

  private void all(Pin pin, Namespace namespace, Reissued done) {
    boolean isBegun = done.prefix().equals(namespace.prefix()) && done.key().length() > 0;
    KeyRange rest = isBegun ? KeyRange.ALL.after(done.key()) : KeyRange.ALL;
    try (KeyCursor cursor = from.state().keys(pin, namespace, rest)) {
      while (cursor.next()) {
        one(namespace, cursor.key(), whole(cursor.view(namespace)));
      }
    }
  }

  private static KeyDelta whole(KeyView view) {
    TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    view.cells(
        CellRange.ALL,
        (id, cell) -> {
          cells.put(id, cell);
          return true;
        });
    return new KeyDelta(view.head(), cells);
  }

  private void one(Namespace namespace, Bytes key, KeyDelta theirs) {
    requireSame(namespace, key);
    if (!to.interest().covers(key)) {
      // One of the other's own updates, beyond what that held.
      leave(key);
      return;
    }
    Reissue wanted = to.views().read(key, CellRange.ALL, ours -> anew(namespace, ours, theirs));
    if (!wanted.isWhole()) {
      leave(key);
    }
    if (wanted.updates().isEmpty()) {
      return;
    }
    try (Visit visit = to.blobs().visit()) {
      for (Update update : wanted.updates()) {
        fetch(visit, update);
      }
      keys++;
      boolean isDone = false;
      while (!isDone) {
        isDone = commit(namespace, key, theirs);
      }
    } catch (MissingDataException incomplete) {
      leave(key);
    }
  }

  private void leave(Bytes key) {
    if (left.size() < MOST_LEFT && !left.contains(key)) {
      left.add(key);
    }
  }

  private Reissue anew(Namespace namespace, KeyView ours, KeyDelta theirs) {
    VersionVector seen = to.vector();
    return Reissue.of(
        namespace.strategy(),
        ours,
        theirs,
        dot -> dot.sequence() > seen.get(dot.replica()) || lost.contains(dot));
  }

  private void requireSame(Namespace namespace, Bytes key) {
    Namespace ours = to.namespace(key);
    if (!ours.equals(namespace)) {
      throw new SchemaMismatchException(
          Problem.of("store uses another schema")
              .with("key", key)
              .with("theirs", namespace)
              .with("ours", ours)
              .advise("open both stores with the same prefixes"));
    }
  }

  private void fetch(Visit visit, Update update) {
    if (update instanceof Update.SetLarge set) {
      visit.fetch(set.value(), from.blobs());
    } else if (update instanceof Update.PutLargeField put) {
      visit.fetch(put.value(), from.blobs());
    }
  }

  /** All of a key or, where what is left of it can be told again, a part; whether it is done. */
  private boolean commit(Namespace namespace, Bytes key, KeyDelta theirs) {
    boolean[] isDone = new boolean[1];
    to.commit(
        null,
        batch -> {
          List<Update> wanted = batch.read(key, ours -> anew(namespace, ours, theirs)).updates();
          int most =
              Reissue.isRepeatable(namespace.strategy())
                  ? Math.min(wanted.size(), UPDATES_AT_A_TIME)
                  : wanted.size();
          wanted.subList(0, most).forEach(update -> batch.update(key, update));
          updates += most;
          isDone[0] = most == wanted.size();
          if (isDone[0]) {
            batch.update(MembersKey.KEY, mark(Reissued.upTo(namespace, key)));
          }
        });
    return isDone[0];
  }
}
