package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.HandOver;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.interest.Ring;
import dev.tidemark.engine.interest.RingFacts;
import dev.tidemark.engine.interest.RingId;
import dev.tidemark.engine.interest.RingWord;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.membership.RingKey;
import dev.tidemark.storage.membership.RingReport;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ring of the cluster, as this store has it: read from a key of the store, and written to it by
 * ordinary updates; and what the store has to do for it, if it is a member. Guarded by the store's
 * write lock.
 */
public final class RingKeeper {
  private final @Nullable String self;
  private final Reads reads;
  private final InterestGate gate;
  private volatile RingFacts facts = RingFacts.NONE;
  private volatile boolean unread = true;

  /** Others may have read what was said last, and not acted on it. */
  private volatile @Nullable RingFacts followed;

  private @Nullable Holding looked;
  private @Nullable HandOver handOver;

  RingKeeper(@Nullable String self, Reads reads, InterestGate gate) {
    this.self = self;
    this.reads = reads;
    this.gate = gate;
  }

  /** Anything may have been said. */
  void noteAll() {
    unread = true;
  }

  /** Whether something was said that the store has not acted on; may be asked by anybody. */
  boolean isNews() {
    return self != null && (unread || facts != followed);
  }

  /** Has the gate follow what was said, and what is held. */
  void refresh() {
    if (self == null) {
      return;
    }
    Holding now = gate.holding();
    if (!unread && facts == followed && now == looked) {
      return;
    }
    looked = now;
    RingFacts heard = facts();
    handOver = heard.current() == null ? null : new HandOver(heard, self, now.interest());
    gate.follow(handOver);
    followed = heard;
  }

  private RingFacts facts() {
    if (unread) {
      facts =
          reads.read(
              Namespace.SYSTEM,
              RingKey.KEY,
              CellRange.ALL,
              key -> RingKey.facts(key, facts.rings()));
      unread = false;
    }
    return facts;
  }

  /** What the store has to do for the ring; null if there is none, or it is no member. */
  @Nullable HandOver handOver() {
    refresh();
    return handOver;
  }

  /** Whether the store has to say how far it is. */
  boolean isToSpeak() {
    HandOver now = handOver();
    return now != null && now.nextWord() != null;
  }

  /** Says how far the store is, if it has come further; whether it has. */
  boolean speak(Transaction batch) {
    HandOver now = handOver();
    RingWord word = now == null ? null : now.nextWord();
    if (self == null || word == null) {
      return false;
    }
    batch.updateWritten(RingKey.KEY, RingKey.word(self, word));
    return true;
  }

  /** Who owns a key, the first one first; nobody if there is no ring. */
  public List<String> owners(Bytes key) {
    Ring ring = facts().current();
    return ring == null ? List.of() : ring.owners(key);
  }

  /**
   * Which ring there is, and how far who is with it.
   *
   * @param freed outside of which keys nothing is left; null if nothing was ever removed
   */
  public RingReport report(Supplier<@Nullable Interest> freed) {
    return RingReport.of(facts(), self, gate.interest(), freed);
  }

  /** Announces the first ring. */
  public void announce(Transaction batch, int points, int copies, Collection<String> members) {
    String name = requireNamed();
    Ring current = facts().current();
    if (current != null) {
      throw Problem.of("ring was announced already")
          .with("epoch", current.epoch())
          .with("members", current.members())
          .advise("let others join it, or members leave")
          .illegalState();
    }
    if (!gate.interest().isAll()) {
      throw Problem.of("first ring is announced by a store that lacks keys")
          .with("held", gate.interest())
          .advise("announce it at a store that holds all")
          .illegalState();
    }
    Ring ring = Ring.first(members, points, copies);
    if (!ring.members().contains(name)) {
      throw Problem.of("ring lacks the store that announces it")
          .with("name", name)
          .with("members", ring.members())
          .advise("name it too: its users' updates end where it is no member; it may leave later")
          .illegalArgument();
    }
    batch.updateWritten(RingKey.KEY, RingKey.ring(ring));
  }

  /** Lets a member in. */
  public void join(Transaction batch, String name) {
    Ring.requireName(name);
    change(batch, (ring, isSettled) -> ring.with(name, isSettled));
  }

  /** Has a member give away all that it owns. */
  public void leave(Transaction batch, String name) {
    change(batch, (ring, isSettled) -> ring.without(name, isSettled));
  }

  /** Has nobody wait any more for a member that is gone for ever. */
  public void drop(Transaction batch, String name) {
    if (name.equals(self)) {
      throw Problem.of("store is not gone for ever: it is this one")
          .with("name", name)
          .advise("have it leave, or drop it at another one")
          .illegalArgument();
    }
    change(batch, (ring, isSettled) -> ring.withoutLost(name, isSettled));
  }

  /**
   * By those that take part alone: an old ring that another store has could be followed by one that
   * is greater than all since, and waits for nobody who has come in since.
   */
  private void change(Transaction batch, BiFunction<Ring, Boolean, Ring> change) {
    String name = requireNamed();
    Ring current = facts().current();
    if (current == null) {
      throw Problem.of("no ring was announced").advise("announce the first one").illegalState();
    }
    if (!current.participants().contains(name)) {
      throw Problem.of("store takes no part in the ring")
          .with("name", name)
          .with("members", current.members())
          .advise("ask one of its members")
          .illegalState();
    }
    boolean isSettled = facts.isSettled();
    Ring next = change.apply(current, isSettled);
    if (isSettled) {
      forget(batch, current, next);
    }
    batch.updateWritten(RingKey.KEY, RingKey.ring(next));
  }

  /** Nobody speaks any more of what lies before a settled ring. */
  private void forget(Transaction batch, Ring current, Ring next) {
    for (RingId old : facts.rings().headMap(facts.currentId()).keySet()) {
      batch.updateWritten(RingKey.KEY, RingKey.withoutRing(old));
    }
    TreeSet<String> gone = new TreeSet<>(facts.words().keySet());
    gone.removeAll(current.participants());
    gone.removeAll(next.participants());
    gone.forEach(name -> batch.updateWritten(RingKey.KEY, RingKey.withoutWord(name)));
  }

  private String requireNamed() {
    String name = self;
    if (name == null) {
      throw Problem.of("store has no name in the ring")
          .advise("open it with one: `tidemark serve --ring-member`, or Options.withRingMember")
          .illegalState();
    }
    return name;
  }
}
