package dev.tidemark.storage.membership;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.engine.stability.Pulse;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.engine.stability.Row;
import dev.tidemark.engine.stability.Stability;
import dev.tidemark.engine.stability.Standing;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a store's cluster, below what all members let it forget, and who holds that up.
 *
 * @param self the store's own replica id
 * @param isFounded whether there is a cluster: without one nothing is ever forgotten
 * @param ownRefusal whether this store must not write: it was retired, never joined, or wrote
 *     before
 * @param standings the members, in unsigned order of their ids
 * @param forsaken those that were retired and from whom this store takes nothing more, as it has
 *     said
 * @param vector what is here
 * @param floor below what the state has forgotten
 * @param reachable below what it could forget now
 * @param waiting how many operations are here that some member is not known to have seen;
 *     heartbeats that nobody has to acknowledge are not counted
 * @param blocker who has to be heard of before all that is here can be forgotten; null if it can
 *     be, or there is no cluster
 */
public record MembershipReport(
    long self,
    boolean isFounded,
    boolean ownRefusal,
    List<Standing> standings,
    Set<Long> forsaken,
    VersionVector vector,
    Floor floor,
    Floor reachable,
    long waiting,
    @Nullable Blocker blocker) {
  private static final Comparator<Standing> LOWEST_FIRST =
      Comparator.comparing(Standing::hasSeenMembership)
          .thenComparingLong(standing -> Math.min(standing.lastStamp(), standing.horizon()))
          .thenComparingLong(Standing::lastStamp);

  /** The member that the others wait for. */
  public record Blocker(long replica, long lastStamp, boolean hasSeenMembership) {}

  /**
   * How things look to a store.
   *
   * @param rows what it has of each origin
   * @param roster what it has seen of membership
   * @param floor below what its state has forgotten
   */
  public static MembershipReport of(long self, Map<Long, Row> rows, Roster roster, Floor floor) {
    Stability stability = new Stability(self, rows, roster);
    List<Standing> standings = stability.standings();
    Floor reachable = floor.join(stability.floor());
    long waiting = roster.isFounded() ? waiting(rows, roster, seenByAll(standings, floor)) : 0;
    return new MembershipReport(
        self,
        roster.isFounded(),
        stability.ownRefusal() != null,
        standings,
        stability.forsaken(),
        vector(rows),
        floor,
        reachable,
        waiting,
        waiting > 0 || reachable.horizon() < newest(rows, roster) ? blocker(standings) : null);
  }

  /** The members that are not retired, this store among them if it is one. */
  public Set<Long> members() {
    return standings.stream()
        .filter(standing -> !standing.isRetired())
        .map(Standing::replica)
        .collect(Collectors.toSet());
  }

  private static VersionVector seenByAll(List<Standing> standings, Floor floor) {
    return meet(standings).join(floor.seen());
  }

  private static VersionVector vector(Map<Long, Row> rows) {
    VersionVector vector = VersionVector.EMPTY;
    for (var row : rows.entrySet()) {
      vector = vector.with(row.getKey(), row.getValue().sequence());
    }
    return vector;
  }

  /** What every member is known to have seen. */
  public static VersionVector meet(List<Standing> standings) {
    return standings.stream()
        .map(Standing::seen)
        .reduce(VersionVector::meet)
        .orElse(VersionVector.EMPTY);
  }

  private static long waiting(Map<Long, Row> rows, Roster roster, VersionVector seenByAll) {
    long waiting = 0;
    for (var row : rows.entrySet()) {
      long sequence = row.getValue().sequence();
      Pulse pulse = roster.pulses().get(row.getKey());
      boolean endsInPulse = pulse != null && pulse.sequence() == sequence;
      long awaited = endsInPulse ? sequence - 1 : sequence;
      waiting += Math.max(0, awaited - seenByAll.get(row.getKey()));
    }
    return waiting;
  }

  /** The newest stamp of what is no heartbeat; of nothing, if there is no cluster. */
  private static long newest(Map<Long, Row> rows, Roster roster) {
    long newest = 0;
    for (var row : rows.entrySet()) {
      Pulse pulse = roster.pulses().get(row.getKey());
      long stamp =
          pulse != null && pulse.sequence() == row.getValue().sequence()
              ? pulse.newest()
              : row.getValue().lastStamp();
      newest = Math.max(newest, roster.isFounded() ? stamp : 0);
    }
    return newest;
  }

  private static @Nullable Blocker blocker(List<Standing> standings) {
    return standings.stream()
        .min(LOWEST_FIRST)
        .map(
            lowest -> new Blocker(lowest.replica(), lowest.lastStamp(), lowest.hasSeenMembership()))
        .orElse(null);
  }
}
