package dev.tidemark.replication.missing;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Withheld;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.session.OperationsFound;
import dev.tidemark.replication.session.OperationsQuestion;
import dev.tidemark.replication.session.Peer;
import dev.tidemark.replication.session.Retirements;
import dev.tidemark.replication.session.Session;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.membership.MembershipReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * <p>Stepped from time to time by one thread; asks about one replica at a time. Memory: of each
 * peer an answer, {@link dev.tidemark.replication.wire.Bounds#BATCH_BYTES} or one commit.
 */
public final class Search {
  /** What comes by itself comes sooner. */
  private static final Duration WAITED = Duration.ofSeconds(2);

  private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(15).toNanos();
  private static final Logger LOG = LoggerFactory.getLogger(Search.class);

  private final Tidemark store;
  private final Supplier<List<Session>> peers;
  private final LongPredicate isConnected;
  private final LongSupplier nanos;
  private final Consumer<List<LostOperation>> told;
  private final List<LostOperation> lost = new ArrayList<>();
  private @Nullable Round round;
  private int turn;
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private long againNanos;
  private String waitedFor = "";

  /** What was asked, and whom. */
  private record Round(
      long replica,
      long deadlineNanos,
      Map<Session, CompletableFuture<Optional<OperationsFound>>> answers) {
    boolean isOver(long nowNanos) {
      return nowNanos - deadlineNanos >= 0
          || answers.values().stream().allMatch(CompletableFuture::isDone);
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
  }

  /** Does what is to be done now, and waits for nothing but the disk. */
  public void step() {
    try {
      Round now = round;
      if (now == null) {
        ask();
      } else if (now.isOver(nanos.getAsLong())) {
        round = null;
        boolean moved = conclude(now);
        pauseNanos =
            moved
                ? FIRST_PAUSE_NANOS
                : Math.min(LONGEST_PAUSE_NANOS, Math.multiplyExact(2, pauseNanos));
        againNanos = nanos.getAsLong() + (moved ? 0 : pauseNanos);
      }
    } catch (TidemarkException | IllegalStateException | IllegalArgumentException e) {
      // The store is closed, or cannot write: it is tried again.
      round = null;
      LOG.debug("search for missing operations was broken off", e);
    }
  }

  private void ask() {
    Set<Long> missing = new HashSet<>();
    for (Session session : peers.get()) {
      VersionVector awaited = session.awaited(WAITED);
      for (int i = 0; i < awaited.size(); i++) {
        if (awaited.sequenceAt(i) > store.vector().get(awaited.replicaAt(i))) {
          missing.add(awaited.replicaAt(i));
        }
      }
    }
    if (missing.isEmpty()) {
      pauseNanos = FIRST_PAUSE_NANOS;
      againNanos = nanos.getAsLong();
      return;
    }
    if (nanos.getAsLong() - againNanos < 0) {
      return;
    }
    List<Long> replicas = missing.stream().sorted(Long::compareUnsigned).toList();
    long replica = replicas.get(Math.floorMod(turn++, replicas.size()));
    OperationsQuestion question =
        new OperationsQuestion(
            replica, store.vector().get(replica) + 1, store.members().report().retired());
    Map<Session, CompletableFuture<Optional<OperationsFound>>> answers = new LinkedHashMap<>();
    peers.get().forEach(session -> answers.put(session, session.ask(question)));
    round = new Round(replica, nanos.getAsLong() + PATIENCE_NANOS, answers);
  }

  /** Whether anything came of it. */
  private boolean conclude(Round over) {
    Map<Long, OperationsFound> found = new HashMap<>();
    Map<Long, Interest> interests = new HashMap<>();
    List<Session> givers = new ArrayList<>();
    Set<Long> retiredElsewhere = new HashSet<>();
    over.answers()
        .forEach(
            (session, answer) -> {
              OperationsFound of = answer.getNow(Optional.empty()).orElse(null);
              Peer peer = session.peer();
              if (of != null && peer != null) {
                found.put(peer.replicaId(), of);
                interests.put(peer.replicaId(), peer.interest());
                retiredElsewhere.addAll(of.retired());
                givers.add(session);
              }
            });
    if (Retirements.follow(store, retiredElsewhere, isConnected)) {
      // What they have told is of before this store took nothing more from these.
      return true;
    }
    MembershipReport report = store.members().report();
    Evidence evidence =
        new Evidence(
            store.replicaId(),
            store.interest(),
            report.members(),
            report.retired(),
            over.replica(),
            found,
            interests);
    boolean moved = false;
    while (takeNext(evidence, givers)) {
      moved = true;
    }
    if (!lost.isEmpty()) {
      told.accept(List.copyOf(lost));
      lost.clear();
    }
    return moved;
  }

  private boolean takeNext(Evidence evidence, List<Session> givers) {
    long sequence = store.vector().get(evidence.replica()) + 1;
    Verdict verdict;
    try {
      verdict = evidence.of(sequence);
    } catch (MalformedException e) {
      verdict = new Verdict.Wait("what peers give does not fit: " + e.getMessage());
    }
    if (verdict instanceof Verdict.Take take) {
      return take(take, givers);
    }
    String why = ((Verdict.Wait) verdict).why();
    String line = ReplicaId.format(evidence.replica()) + "#" + sequence + ", " + why;
    if (evidence.found().values().stream().anyMatch(of -> of.seen() >= sequence)
        && !line.equals(waitedFor)) {
      waitedFor = line;
      LOG.info("peers wait for an operation that does not come: operation={}", line);
    }
    return false;
  }

  private boolean take(Verdict.Take take, List<Session> givers) {
    byte[] commit = take.commit();
    CommitHeader header = CommitCodec.decodeHeader(new ByteReader(commit));
    if (!store.vector().dominates(header.summary())) {
      // What caused it comes first, in its order.
      return false;
    }
    VersionVector upTo = VersionVector.of(header.origin(), header.lastSequence());
    for (Session giver : givers) {
      if (giver.ended() == null && isTaken(giver, commit, upTo)) {
        if (take.isLost()) {
          note(CommitCodec.decode(commit, 0, commit.length));
        }
        peers.get().forEach(Session::wake);
        return true;
      }
    }
    return false;
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
      return giver.take(commit, upTo);
    } catch (SessionEndedException refused) {
      LOG.warn("operation that peers have given is refused: detail={}", refused.getMessage());
      return false;
    }
  }
}
