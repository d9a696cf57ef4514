package dev.tidemark.replication.missing;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Withheld;
import dev.tidemark.replication.session.OperationsFound;
import dev.tidemark.replication.session.OperationsQuestion;
import dev.tidemark.replication.session.Peer;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.membership.MembershipReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for operations that peers wait for and nobody brings: each has what comes next in its log
 * only as far as others may know it. It asks all peers at once what they have of it, puts together
 * what they give, and goes on without what nobody has and whose maker was retired.
 *
 * <p>Stepped from time to time by one thread; asks about one replica at a time. What was told of
 * others before is kept: of operations that were made in turn each is the cause of the next. It
 * stays true: whoever takes nothing more from those that were retired gets nothing of theirs but
 * from another that has said that it has it. Memory: of each peer an answer, {@link
 * dev.tidemark.replication.wire.Bounds#BATCH_BYTES} or one commit, and 32 MiB of those before.
 */
public final class Search {
  /** What comes by itself comes sooner. */
  private static final Duration WAITED = Duration.ofSeconds(1);

  private static final long FIRST_PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long LONGEST_PATIENCE_NANOS = Duration.ofMinutes(5).toNanos();
  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(500).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(15).toNanos();
  private static final long MOST_GATHERED_BYTES = 32 << 20;
  private static final Logger LOG = LoggerFactory.getLogger(Search.class);

  private final Tidemark store;
  private final Supplier<List<Session>> peers;
  private final LongPredicate isConnected;
  private final LongSupplier nanos;
  private final Consumer<List<LostOperation>> told;
  private final List<LostOperation> lost = new ArrayList<>();

  /** By replica, those asked about last behind the others. */
  private final Map<Long, Gathered> gathered = new LinkedHashMap<>();

  private @Nullable Round round;
  private int turn;
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private long patienceNanos = FIRST_PATIENCE_NANOS;
  private long againNanos;
  private long askedNanos;
  private String waitedFor = "";

  /** What was asked, and whom. */
  private record Round(
      long replica,
      long deadlineNanos,
      Map<Session, CompletableFuture<Optional<OperationsFound>>> answers) {
    boolean isOver(long nowNanos) {
      return nowNanos - deadlineNanos >= 0 || isAnswered();
    }

    boolean isAnswered() {
      return answers.values().stream().allMatch(CompletableFuture::isDone);
    }
  }

  /** What was told of a replica, and by whom. */
  private record Gathered(Evidence evidence, Map<Long, Session> givers) {
    long bytes() {
      return evidence.found().values().stream()
          .flatMap(of -> of.commits().values().stream())
          .mapToLong(commit -> commit.length)
          .sum();
    }

    /** Whether it was told to the same store, in the same cluster. */
    boolean isLike(Evidence other) {
      return evidence.held().equals(other.held())
          && evidence.members().equals(other.members())
          && evidence.forsaken().equals(other.forsaken());
    }
  }

  /**
   * A search.
   *
   * @param peers the lasting sessions whose handshake is done
   * @param isConnected whether there is one with a replica
   * @param nanos the time, as {@link System#nanoTime} has it
   * @param told is told of what this store goes on without
   */
  public Search(
      Tidemark store,
      Supplier<List<Session>> peers,
      LongPredicate isConnected,
      LongSupplier nanos,
      Consumer<List<LostOperation>> told) {
    this.store = store;
    this.peers = peers;
    this.isConnected = isConnected;
    this.nanos = nanos;
    this.told = told;
    this.againNanos = nanos.getAsLong();
    this.askedNanos = againNanos;
  }

  /** Does what is to be done now, and waits for nothing but the disk. */
  public void step() {
    try {
      Round now = round;
      // What was told may be of use once others have brought what comes before.
      takeAll();
      if (now == null) {
        ask();
      } else if (now.isOver(nanos.getAsLong())) {
        round = null;
        rest(conclude(now), now.isAnswered());
      }
    } catch (RuntimeException e) {
      // The store is closed, or full, or a peer has given what is none: it is tried again.
      round = null;
      gathered.clear();
      rest(false, true);
      LOG.debug("search for missing operations was broken off", e);
    }
  }

  private void rest(boolean moved, boolean answered) {
    pauseNanos = moved ? FIRST_PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
    againNanos = nanos.getAsLong() + (moved ? 0 : pauseNanos);
    patienceNanos =
        answered ? FIRST_PATIENCE_NANOS : Math.min(LONGEST_PATIENCE_NANOS, 2 * patienceNanos);
  }

  private void ask() {
    SortedSet<Long> missing = new TreeSet<>(Long::compareUnsigned);
    List<Session> asked = peers.get();
    for (Session session : asked) {
      VersionVector awaited = session.awaited(WAITED);
      for (int i = 0; i < awaited.size(); i++) {
        if (awaited.sequenceAt(i) > store.vector().get(awaited.replicaAt(i))) {
          missing.add(awaited.replicaAt(i));
        }
      }
    }
    if (missing.isEmpty()) {
      forgetUnused();
      rest(true, true);
      return;
    }
    if (nanos.getAsLong() - againNanos < 0) {
      return;
    }
    // What was heard of retirements in the log is said to the others before they are asked.
    store.members().forsake(store.replicaId(), Set.of(), isConnected);
    List<Long> replicas = List.copyOf(missing);
    long replica = replicas.get(Math.floorMod(turn++, replicas.size()));
    OperationsQuestion question =
        new OperationsQuestion(
            replica, store.vector().get(replica) + 1, store.members().report().forsaken());
    Map<Session, CompletableFuture<Optional<OperationsFound>>> answers = new LinkedHashMap<>();
    asked.forEach(session -> answers.put(session, session.ask(question)));
    askedNanos = nanos.getAsLong();
    round = new Round(replica, askedNanos + patienceNanos, answers);
  }

  /** Whether anything came of it. */
  private boolean conclude(Round over) {
    Map<Long, OperationsFound> found = new HashMap<>();
    Map<Long, Session> givers = new LinkedHashMap<>();
    boolean forsaken = false;
    for (var answer : over.answers().entrySet()) {
      Session session = answer.getKey();
      OperationsFound of = answer.getValue().getNow(Optional.empty()).orElse(null);
      Peer peer = session.peer();
      if (of != null && peer != null) {
        found.put(peer.replicaId(), of);
        givers.put(peer.replicaId(), session);
        forsaken |= forsake(peer.replicaId(), of.forsaken());
      }
    }
    if (forsaken) {
      // What they have told is of before this store took nothing more from these.
      gathered.clear();
      return true;
    }
    MembershipReport report = store.members().report();
    Evidence evidence =
        new Evidence(
            store.replicaId(),
            store.interest(),
            report.isFounded() ? report.members() : Set.of(),
            report.forsaken(),
            over.replica(),
            found);
    keep(new Gathered(evidence, givers));
    boolean moved = takeAll();
    tellWaiting(evidence);
    return moved;
  }

  /** Peers that have got on wait soon again for what comes next, or not any more. */
  private void forgetUnused() {
    if (nanos.getAsLong() - askedNanos > LONGEST_PAUSE_NANOS) {
      gathered.clear();
    }
  }

  private void keep(Gathered newest) {
    gathered.values().removeIf(before -> !before.isLike(newest.evidence()));
    gathered.remove(newest.evidence().replica());
    long bytes = gathered.values().stream().mapToLong(Gathered::bytes).sum();
    for (Iterator<Gathered> oldest = gathered.values().iterator(); bytes > MOST_GATHERED_BYTES; ) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
    gathered.put(newest.evidence().replica(), newest);
  }

  /** Takes of each replica what comes next, as often as there is something; whether there was. */
  private boolean takeAll() {
    boolean moved = false;
    for (boolean goesOn = true; goesOn; ) {
      goesOn = false;
      for (Gathered each : gathered.values()) {
        while (takeNext(each.evidence(), each.givers())) {
          goesOn = true;
        }
      }
      moved |= goesOn;
    }
    if (!lost.isEmpty()) {
      told.accept(List.copyOf(lost));
      lost.clear();
    }
    if (moved) {
      peers.get().forEach(Session::wake);
    }
    return moved;
  }

  private boolean forsake(long peer, Set<Long> retired) {
    Set<Long> before = store.members().report().forsaken();
    if (before.containsAll(retired)) {
      return false;
    }
    store.members().forsake(peer, retired, isConnected);
    return !store.members().report().forsaken().equals(before);
  }

  /** Whether the store has seen more of the replica than before. */
  private boolean takeNext(Evidence evidence, Map<Long, Session> givers) {
    long sequence = store.vector().get(evidence.replica()) + 1;
    if (!(evidence.of(sequence) instanceof Verdict.Take take)) {
      return false;
    }
    Commit commit = CommitCodec.decode(take.commit(), 0, take.commit().length);
    CommitHeader header = commit.header();
    if (!store.vector().dominates(header.summary())) {
      // What caused it comes first, in its order.
      return false;
    }
    VersionVector upTo = VersionVector.of(header.origin(), header.lastSequence());
    for (var giver : givers.entrySet()) {
      if (evidence.gives(giver.getKey(), sequence)
          && isTaken(giver.getValue(), take.commit(), upTo)) {
        if (take.isLost()) {
          note(commit);
        }
        return store.vector().get(evidence.replica()) >= header.lastSequence();
      }
    }
    return false;
  }

  private void tellWaiting(Evidence evidence) {
    long sequence = store.vector().get(evidence.replica()) + 1;
    if (!(evidence.of(sequence) instanceof Verdict.Wait wait)) {
      return;
    }
    String line = ReplicaId.format(evidence.replica()) + "#" + sequence + ", " + wait.why();
    if (evidence.found().values().stream().anyMatch(of -> of.seen() >= sequence)
        && !line.equals(waitedFor)) {
      waitedFor = line;
      LOG.info("peers wait for an operation that does not come: operation={}", line);
    }
  }

  private void note(Commit commit) {
    for (int i = 0; i < commit.operations().size(); i++) {
      Withheld withheld = commit.operations().get(i).withheld();
      if (withheld != null && withheld.isLost()) {
        lost.add(
            new LostOperation(
                commit.header().operation(i).dot(), commit.operations().get(i).key()));
      }
    }
  }

  private static boolean isTaken(Session giver, byte[] commit, VersionVector upTo) {
    try {
      return giver.ended() == null && giver.take(commit, upTo);
    } catch (SessionEndedException refused) {
      LOG.warn("operation that peers have given is refused: detail={}", refused.getMessage());
      return false;
    }
  }
}
