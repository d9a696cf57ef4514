package dev.tidemark.replication.consistency;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.session.Changes;
import dev.tidemark.replication.session.Peer;
import dev.tidemark.replication.session.Registry;
import dev.tidemark.replication.session.Session;
import dev.tidemark.type.KeyAccess;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Updates and reads that wait for other members. Whoever waits holds nothing that others wait for.
 */
public final class Levels {
  private final Tidemark store;
  private final String name;
  private final Registry registry;
  private final Function<String, Membership> membership;

  /**
   * Levels of a store.
   *
   * @param name what this member is called
   * @param membership who counts for a key, now
   */
  public Levels(
      Tidemark store, String name, Registry registry, Function<String, Membership> membership) {
    this.store = store;
    this.name = name;
    this.registry = registry;
    this.membership = membership;
  }

  /** Makes an update of a key and waits until it survives a power loss at enough members. */
  public Acknowledged update(
      String key, ToLongFunction<KeyAccess> update, Level level, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Wait wait = new Wait(key, level);
    long position = update.applyAsLong(store.key(key));
    long self = store.replicaId();
    // What others have written here meanwhile is waited for too: it is sent in the same stream.
    long sequence = store.vector().get(self);
    if (wait.needed > 1) {
      store.awaitSynced(position);
      if (!wait.until(deadline, session -> session.durable().get(self) >= sequence)) {
        throw LevelTimeoutException.ofUpdate(position, wait.progress(), timeout);
      }
    }
    return new Acknowledged(position, wait.progress());
  }

  /** Waits until this store has what enough members have seen, then reads a key. */
  public <T> T read(String key, Function<KeyAccess, T> reader, Level level, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    Wait wait = new Wait(key, level);
    if (wait.needed > 1) {
      Map<Session, Long> asked = new HashMap<>();
      Predicate<Session> included =
          session -> {
            long question = asked.computeIfAbsent(session, Session::askVector);
            VersionVector theirs = session.answer(question);
            return theirs != null && store.vector().dominates(theirs);
          };
      if (!wait.until(deadline, included)) {
        throw LevelTimeoutException.ofRead(wait.progress(), timeout);
      }
    }
    return reader.apply(store.key(key));
  }

  /** Who was reached so far of those that count, which are others when another holds the key. */
  private final class Wait {
    private final String key;
    private final Level level;
    private int members;
    private int needed;
    private final TreeMap<Long, String> reached = new TreeMap<>();

    Wait(String key, Level level) {
      this.key = key;
      this.level = level;
      this.members = membership.apply(key).count();
      this.needed = level.needed(members);
      reached.put(store.replicaId(), name);
    }

    /** Whether enough are reached before the deadline. A member is reached as long as it is one. */
    boolean until(long deadline, Predicate<Session> test) {
      Changes changes = registry.changes();
      while (true) {
        long before = changes.count();
        look(test);
        if (reached.size() >= needed) {
          return true;
        }
        if (!changes.await(before, deadline)) {
          return false;
        }
      }
    }

    private void look(Predicate<Session> test) {
      Membership now = membership.apply(key);
      members = now.count();
      needed = level.isPart() ? level.needed(members) : needed;
      Set<Long> others = now.others();
      reached.keySet().removeIf(one -> one != store.replicaId() && !others.contains(one));
      for (Session session : registry.admitted()) {
        Peer peer = session.peer();
        if (peer != null && others.contains(peer.replicaId()) && test.test(session)) {
          reached.put(peer.replicaId(), peer.name());
        }
      }
    }

    Progress progress() {
      return new Progress(level, members, needed, Collections.unmodifiableSortedMap(reached));
    }
  }
}
