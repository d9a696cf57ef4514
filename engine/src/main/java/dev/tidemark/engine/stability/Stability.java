package dev.tidemark.engine.stability;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one replica can tell of all members at one moment: who they are, what all of them have seen,
 * below what nothing is still to come. Decides, and changes nothing.
 *
 * <p>Members are the replicas of which an operation is here and those that joined. A retired one
 * counts until all others have seen every retirement: from then on it can have shown nothing to any
 * of them that is not here too, since a member takes the operations of a retired one only from
 * other members.
 */
public final class Stability {
  private final long self;
  private final Map<Long, Row> rows;
  private final Roster roster;
  private final SortedMap<Long, Row> members = new TreeMap<>(Long::compareUnsigned);
  private final Row ownRow;

  /**
   * How things look to a replica.
   *
   * @param self the replica
   * @param rows what it has of each origin, itself included
   * @param roster what it has seen of membership
   */
  public Stability(long self, Map<Long, Row> rows, Roster roster) {
    this.self = self;
    this.rows = rows;
    this.roster = roster;
    members.putAll(rows);
    members.values().removeIf(row -> row.sequence() == 0);
    starts().forEach((replica, start) -> members.merge(replica, start, Stability::atLeast));
    ownRow = members.getOrDefault(self, Row.NONE);
    if (retirementsAreSeen()) {
      roster.retirements().forEach(retirement -> members.remove(retirement.replica()));
    }
  }

  /** Of a replica that was let in twice only what follows from either joining is known. */
  private Map<Long, Row> starts() {
    Map<Long, Row> starts = new HashMap<>();
    for (Join join : roster.joins()) {
      starts.merge(
          join.replica(),
          join.row(),
          (a, b) -> new Row(0, Math.min(a.lastStamp(), b.lastStamp()), a.known().meet(b.known())));
    }
    return starts;
  }

  private static Row atLeast(Row row, Row start) {
    return new Row(
        row.sequence(),
        Math.max(row.lastStamp(), start.lastStamp()),
        row.known().join(start.known()));
  }

  private boolean retirementsAreSeen() {
    return members.entrySet().stream()
        .filter(member -> !roster.isRetired(member.getKey()))
        .allMatch(
            member ->
                roster.retirements().stream()
                    .allMatch(retirement -> hasSeen(member, retirement.by())));
  }

  private static boolean hasSeen(Map.Entry<Long, Row> member, Dot operation) {
    return member.getValue().seen(member.getKey()).contains(operation);
  }

  /** Whether a replica counts: its acknowledgement is waited for. */
  public boolean isMember(long replica) {
    return members.containsKey(replica);
  }

  /** Those that count, and how they stand. */
  public List<Standing> standings() {
    List<Standing> standings = new ArrayList<>();
    members.forEach(
        (replica, row) ->
            standings.add(
                new Standing(
                    replica,
                    roster.isRetired(replica),
                    row.lastStamp(),
                    announced(replica),
                    row.seen(replica),
                    hasSeenMembership(Map.entry(replica, row)))));
    return standings;
  }

  private boolean hasSeenMembership(Map.Entry<Long, Row> member) {
    return roster.joins().stream().allMatch(join -> hasSeen(member, join.by()))
        && roster.retirements().stream().allMatch(retired -> hasSeen(member, retired.by()));
  }

  private long announced(long replica) {
    Pulse pulse = roster.pulses().get(replica);
    return pulse == null ? 0 : pulse.horizon();
  }

  /**
   * Below what can be forgotten; {@link Floor#NONE} as long as there are no members, or one of them
   * has not seen who the others are. A floor that was reached stands, whatever this says later.
   */
  public Floor floor() {
    if (!roster.isFounded() || !members.entrySet().stream().allMatch(this::hasSeenMembership)) {
      return Floor.NONE;
    }
    long horizon = lastStamps();
    VersionVector seen = vector();
    for (var member : members.entrySet()) {
      horizon = Math.min(horizon, announced(member.getKey()));
      seen = seen.meet(member.getValue().seen(member.getKey()));
    }
    return new Floor(horizon, seen);
  }

  /** What is here. */
  private VersionVector vector() {
    VersionVector vector = VersionVector.EMPTY;
    for (var row : rows.entrySet()) {
      vector = vector.with(row.getKey(), row.getValue().sequence());
    }
    return vector;
  }

  /** No member will stamp anything at or before it that is not here. */
  private long lastStamps() {
    return members.values().stream().mapToLong(Row::lastStamp).min().orElse(0);
  }

  /**
   * The heartbeat that others wait for: some operation of theirs is not acknowledged, or there is
   * something newer than what this replica said to have seen everything up to, and it can say so
   * now. Heartbeats themselves are not acknowledged, so a cluster that rests falls silent.
   */
  public Optional<Announcement> due() {
    if (!mayWrite()) {
      return Optional.empty();
    }
    Announcement now = announcement();
    boolean canSayMore = announced(self) < now.newest() && now.newest() <= lastStamps();
    return canSayMore || owesAcknowledgement() ? Optional.of(now) : Optional.empty();
  }

  /** What this replica can say in a heartbeat now. */
  public Announcement announcement() {
    return new Announcement(Math.max(lastStamps(), announced(self)), newest());
  }

  /**
   * Whether it is worth telling others that the floor can be raised: something that is no heartbeat
   * lies above the one that is known. So a cluster that rests does not go on raising it.
   */
  public boolean isFloorDue(Floor known) {
    return mayWrite() && floor().horizon() > known.horizon() && known.horizon() < newest();
  }

  private boolean mayWrite() {
    return roster.isFounded() && ownRefusal() == null;
  }

  private boolean owesAcknowledgement() {
    VersionVector told = rows.getOrDefault(self, Row.NONE).known();
    return rows.entrySet().stream()
        .filter(row -> row.getKey() != self)
        .anyMatch(
            row -> {
              long untold = row.getValue().sequence() - told.get(row.getKey());
              Pulse pulse = roster.pulses().get(row.getKey());
              boolean endsInPulse = pulse != null && pulse.sequence() == row.getValue().sequence();
              return untold > (endsInPulse ? 1 : 0);
            });
  }

  private long newest() {
    long newest = 0;
    for (var row : rows.entrySet()) {
      Pulse pulse = roster.pulses().get(row.getKey());
      long last =
          pulse != null && pulse.sequence() == row.getValue().sequence()
              ? pulse.newest()
              : row.getValue().lastStamp();
      newest = Math.max(newest, last);
    }
    return newest;
  }

  /** What a replica says in a heartbeat. */
  public record Announcement(long horizon, long newest) {}

  /**
   * Whether a new operation is let in whatever else is known of the members: its maker was let in
   * before and was not retired, and it lies above the floor. All others are looked at by {@link
   * #refusal}, which takes a pass over the members.
   *
   * @param here the row of its maker
   * @param stamp its stamp
   * @param floor the floor here
   */
  public static boolean isPlain(Roster roster, long origin, Row here, long stamp, Floor floor) {
    return here.sequence() > 0 && stamp > floor.horizon() && !roster.isRetired(origin);
  }

  /**
   * Why a new operation is not let in, or null if it is. What was decided binds a replica from its
   * own acknowledgement on: what it took before that, the acknowledgement tells the others. After
   * it, it takes from members what they took before theirs.
   *
   * @param origin who made it
   * @param sender who hands it over
   * @param upTo its maker's row once it is here
   * @param floor the floor here
   */
  public @Nullable Refusal refusal(long origin, long sender, Row upTo, Floor floor) {
    boolean isRelayed = sender != origin && isMember(sender) && !roster.isRetired(sender);
    // Whoever raised the floor had all that any member took of it, and so has this replica: what is
    // new comes from one that was let in behind the others' backs. A run's last stamp may be later.
    if (isRetiredBelow(floor, origin)) {
      return Refusal.RETIRED;
    }
    if (hasAcknowledgedRetirementOf(origin) && !(isRelayed && isMember(origin))) {
      return Refusal.RETIRED;
    }
    if (hasAcknowledgedAJoining() && !isMember(origin) && !isRelayed) {
      return Refusal.STRANGER;
    }
    // Others may be further than this one, and would take nothing behind it. What came to somebody
    // who did not know the others is theirs to judge.
    boolean isEarly =
        isNewHere(origin) && roster.hasJoined(origin) && !isLetIn(roster, origin, upTo);
    if (isEarly && sender == origin) {
      return Refusal.EARLY;
    }
    if (upTo.lastStamp() > floor.horizon()) {
      return null;
    }
    // Here they may count still, because of a joining that only one side has seen: whoever raised
    // the floor has not waited for a retired one, nor for one that it did not know.
    if (roster.isRetired(origin)) {
      return Refusal.RETIRED;
    }
    if (!isEarly && isKnownTo(floor.seen(), origin)) {
      return Refusal.OUTDATED;
    }
    return roster.hasJoined(origin) ? Refusal.EARLY : Refusal.STRANGER;
  }

  /**
   * The same of what is new in a run. Who is a stranger here may be let in by what the run says
   * itself: in a log that is not folded, a joining comes before what the new member wrote.
   *
   * @param said what the run says of membership
   */
  public @Nullable Refusal refusal(long origin, long sender, Row upTo, Floor floor, Roster said) {
    Refusal refusal = refusal(origin, sender, upTo, floor);
    return refusal == Refusal.STRANGER
        ? new Stability(self, rows, roster.join(said)).refusal(origin, sender, upTo, floor)
        : refusal;
  }

  /**
   * Why a store that is met cannot go on under its id, or null if it can. Told before anything is
   * exchanged: whoever is told {@linkplain Roster#isRetired retires} itself, so that those it let
   * in or spoke to hear of it, too. One that is a stranger merely is told nothing: it may be let in
   * yet.
   *
   * @param peer the store's replica
   * @param theirs what it has seen
   * @param floor the floor here
   */
  public @Nullable Expulsion expulsion(long peer, VersionVector theirs, Floor floor) {
    Expulsion cutOff = null;
    for (Retirement retirement : roster.retirements()) {
      long retired = retirement.replica();
      long taken = rows.getOrDefault(retired, Row.NONE).sequence();
      if (retired == peer) {
        return new Expulsion(retirement, taken);
      }
      boolean isClosed = !isMember(retired) || isRetiredBelow(floor, retired);
      if (isClosed && theirs.get(retired) > taken) {
        cutOff = new Expulsion(retirement, taken);
      }
    }
    return cutOff;
  }

  /**
   * Why a run may not bring an origin, or null if it may: it may hold operations that lie below the
   * floor, though its last one does not. Nothing of that origin is here, and whoever raised the
   * floor did not know it, so has not waited for it. A joining, here or in the run, is later than
   * every floor it is unknown to, and so is all that its replica has written since it saw that.
   *
   * @param upTo the origin's row once the run is here
   * @param floor the floor here
   * @param said what the run says of membership
   */
  public @Nullable Refusal unvouched(long origin, Row upTo, Floor floor, Roster said) {
    if (!isNewHere(origin) || floor.horizon() == 0 || isKnownTo(floor.seen(), origin)) {
      return null;
    }
    Roster all = roster.join(said);
    if (!all.hasJoined(origin)) {
      return Refusal.STRANGER;
    }
    return isLetIn(all, origin, upTo) ? null : Refusal.EARLY;
  }

  private boolean isNewHere(long origin) {
    return rows.getOrDefault(origin, Row.NONE).sequence() == 0;
  }

  /**
   * Whether a replica that has joined wrote only then: the first that it writes after it has seen
   * its joining says so. One that has written before must not write any more, so its row says it
   * for good.
   */
  private static boolean isLetIn(Roster roster, long replica, Row row) {
    return roster.joins().stream()
        .filter(join -> join.replica() == replica)
        .anyMatch(
            join ->
                row.seen(replica).contains(join.by())
                    || row.sequence() <= join.seen().get(replica));
  }

  private boolean isRetiredBelow(Floor floor, long replica) {
    return roster.retirements().stream()
        .anyMatch(
            retirement ->
                retirement.replica() == replica && floor.seen().contains(retirement.by()));
  }

  private boolean isKnownTo(VersionVector seen, long replica) {
    return seen.get(replica) > 0
        || roster.joins().stream()
            .anyMatch(join -> join.replica() == replica && seen.contains(join.by()));
  }

  /** From whom this replica takes nothing more but what other members have of it. */
  public Set<Long> forsaken() {
    return roster.retirements().stream()
        .filter(retirement -> hasAcknowledged(retirement.by()))
        .map(Retirement::replica)
        .collect(Collectors.toSet());
  }

  private boolean hasAcknowledgedRetirementOf(long replica) {
    return roster.retirements().stream()
        .anyMatch(
            retirement -> retirement.replica() == replica && hasAcknowledged(retirement.by()));
  }

  private boolean hasAcknowledgedAJoining() {
    return roster.joins().stream().anyMatch(join -> hasAcknowledged(join.by()));
  }

  private boolean hasAcknowledged(Dot operation) {
    return ownRow.seen(self).contains(operation);
  }

  /** Why this replica must not write, or null if it may. */
  public @Nullable Refusal ownRefusal() {
    if (roster.isRetired(self)) {
      return Refusal.RETIRED;
    }
    if (roster.isFounded() && !isMember(self)) {
      return Refusal.STRANGER;
    }
    return roster.hasJoined(self) && !isLetIn(roster, self, rows.getOrDefault(self, Row.NONE))
        ? Refusal.EARLY
        : null;
  }
}
