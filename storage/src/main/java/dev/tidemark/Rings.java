package dev.tidemark;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.compaction.Pace;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.storage.membership.RingReport;
import dev.tidemark.type.Durability;
import java.util.List;

/**
 * Which of a cluster's members owns which keys. Until a first ring is announced, each store holds
 * what it was opened for. From then on the stores that were {@linkplain
 * dev.tidemark.storage.Options#withRingMember named} hold what the ring gives them: they get that
 * from each other, and give away the rest, while all go on; at any time somebody takes updates of a
 * key. A store shows what it holds: reads of other keys are refused, by the names of those who do.
 * What is said of rings is logged, and reaches the others as updates do.
 */
public final class Rings {
  private final StoreCore core;

  Rings(StoreCore core) {
    this.core = core;
  }

  /**
   * Announces the first ring, at a store that holds all keys and is one of its members.
   *
   * @param points at how many points of the ring each member stands, at most 128: the more, the
   *     evener are the shares
   * @param copies how many members own each key, at most 7
   * @param members what its members are called: all that hold keys which they may write to
   * @return the log position
   * @throws IllegalArgumentException if a number or a name is out of range, or this store is not
   *     among the members
   * @throws IllegalStateException if there is a ring, or this store has no name or lacks keys
   */
  public long announce(int points, int copies, List<String> members) {
    return core.commit(
        Durability.SYNCED, batch -> core.cluster().ring().announce(batch, points, copies, members));
  }

  /**
   * Lets a member in: it gets its share of the keys, and owns them then. Announced at a store that
   * takes part, as every change is; of two changes that are announced at once at two stores one
   * counts.
   *
   * @return the log position
   * @throws IllegalArgumentException if it is a member, or no name
   * @throws IllegalStateException if there is no ring, this store takes no part in it, or too many
   *     rings are not settled
   */
  public long join(String name) {
    return core.commit(Durability.SYNCED, batch -> core.cluster().ring().join(batch, name));
  }

  /**
   * Has a member give away what it owns. It goes on until the {@linkplain #report report} says that
   * it is free.
   *
   * @return the log position
   * @throws IllegalArgumentException if it is no member, or the last one
   * @throws IllegalStateException as of {@link #join}
   */
  public long leave(String name) {
    return core.commit(Durability.SYNCED, batch -> core.cluster().ring().leave(batch, name));
  }

  /**
   * Has nobody wait any more for a member that is gone for ever, or for one that was leaving. What
   * only it had is lost: keys of which it held the only copy are waited for until a store comes
   * that holds them. It is to be {@linkplain Members#retire retired} too: logs keep what it has not
   * seen until then.
   *
   * @return the log position
   * @throws IllegalArgumentException if it takes no part, is the last member, or is this store
   * @throws IllegalStateException as of {@link #join}
   */
  public long drop(String name) {
    return core.commit(Durability.SYNCED, batch -> core.cluster().ring().drop(batch, name));
  }

  /** Who owns a key, the first one first; nobody if there is no ring. */
  public List<String> owners(String key) {
    core.requireOpen();
    Bytes bytes = Namespace.userKey(Bytes.utf8(key));
    return core.locked(() -> core.cluster().ring().owners(bytes));
  }

  /** The current ring, how far its hand-over is, and what this store holds. */
  public RingReport report() {
    core.requireOpen();
    return core.cluster().ringReport();
  }

  /**
   * Does now what is due here: says how far this store is, lets go of keys that are handed over,
   * and removes what is left of them. It does so by itself when it hears of something, and every
   * {@link dev.tidemark.storage.Options#stewardInterval}. Its peers begin their exchanges and
   * sessions anew when it holds other keys.
   *
   * @return whether there was anything
   */
  public boolean advance() {
    core.requireOpen();
    boolean isAny = core.cluster().advance();
    while (core.upkeep().isFreeingDue() && core.upkeep().free(Pace.UNHINDERED)) {
      isAny = true;
    }
    return isAny;
  }
}
