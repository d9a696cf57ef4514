package dev.tidemark.engine.stability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that members have said of membership. It only grows, so rosters join by union, and of each
 * member's pulses the newest counts. Immutable.
 */
public record Roster(Set<Join> joins, Set<Retirement> retirements, Map<Long, Pulse> pulses) {
  /** Nobody has said anything. */
  public static final Roster EMPTY = new Roster(Set.of(), Set.of(), Map.of());

  /** With one more joining. */
  public Roster and(Join join) {
    return new Roster(plus(joins, List.of(join)), retirements, pulses);
  }

  /** With one more retirement. */
  public Roster and(Retirement retirement) {
    return new Roster(joins, plus(retirements, List.of(retirement)), pulses);
  }

  /** With a member's heartbeat. */
  public Roster and(long member, Pulse pulse) {
    return new Roster(joins, retirements, newest(Map.of(member, pulse)));
  }

  /** Both. */
  public Roster join(Roster other) {
    return new Roster(
        plus(joins, other.joins), plus(retirements, other.retirements), newest(other.pulses));
  }

  /** Whether anybody is a member: only then may anything be forgotten. */
  public boolean isFounded() {
    return !joins.isEmpty();
  }

  /** Whether a replica was retired. */
  public boolean isRetired(long replica) {
    return retirements.stream().anyMatch(retirement -> retirement.replica() == replica);
  }

  /** Whether a replica has joined. */
  public boolean hasJoined(long replica) {
    return joins.stream().anyMatch(join -> join.replica() == replica);
  }

  private static <T> Set<T> plus(Set<T> all, Iterable<T> more) {
    Set<T> union = new LinkedHashSet<>(all);
    more.forEach(union::add);
    return union;
  }

  private Map<Long, Pulse> newest(Map<Long, Pulse> others) {
    Map<Long, Pulse> all = new HashMap<>(pulses);
    List<Map.Entry<Long, Pulse>> more = new ArrayList<>(others.entrySet());
    more.forEach(
        entry ->
            all.merge(
                entry.getKey(), entry.getValue(), (a, b) -> a.sequence() >= b.sequence() ? a : b));
    return all;
  }
}
