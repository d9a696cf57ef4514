package dev.tidemark.engine.interest;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.error.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which members own which keys: consistent hashing with virtual nodes (Karger et al. 1997). Each
 * member stands at some points of the ring of {@linkplain KeyHash hashes}, and a key belongs to the
 * first members at and behind its hash. So a member that comes or goes moves about its share of the
 * keys and no others. A function of its parts alone: whoever has the same members has the same
 * owners. Immutable.
 *
 * <p>Whoever leaves takes part until its keys are handed over: it owns nothing, and has what the
 * others are to get. The rings after it name it until one of them is settled.
 */
public final class Ring {
  /** How many members a ring may have, with those that leave. */
  public static final int MAX_MEMBERS = 1024;

  /** How many points a member may have. */
  public static final int MAX_POINTS = 128;

  /** How many members may own a key. */
  public static final int MAX_COPIES = 7;

  /**
   * How many rings may follow a settled one: all that a member is to hold of them is one interest.
   * More may follow that drop members, since others may wait for those, or have one stay that
   * leaves, since it may be the last.
   */
  public static final int MAX_UNSETTLED = 6;

  private final long epoch;
  private final long settled;
  private final int points;
  private final int copies;
  private final SortedSet<String> members;
  private final SortedSet<String> leaving;
  private final SortedSet<String> participants;
  private final TreeMap<Long, String> owners = new TreeMap<>(Long::compareUnsigned);

  /** What members own, of those that were asked for: it is asked for again and again. */
  private final Map<String, Interest> interests = new ConcurrentHashMap<>();

  /**
   * The first ring of a cluster.
   *
   * @param members what its members are called
   * @param points at how many points of the ring each stands: the more, the evener are the shares
   * @param copies how many members own each key, or all if there are fewer
   */
  public static Ring first(Collection<String> members, int points, int copies) {
    return new Ring(1, 0, points, copies, members, List.of());
  }

  private Ring(
      long epoch,
      long settled,
      int points,
      int copies,
      Collection<String> members,
      Collection<String> leaving) {
    this.epoch = within("epoch", epoch, 1, Long.MAX_VALUE);
    this.settled = within("settled", settled, 0, epoch - 1);
    this.points = (int) within("points", points, 1, MAX_POINTS);
    this.copies = (int) within("copies", copies, 1, MAX_COPIES);
    this.members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
    this.leaving = Collections.unmodifiableSortedSet(new TreeSet<>(leaving));
    TreeSet<String> both = new TreeSet<>(members);
    both.addAll(leaving);
    this.participants = Collections.unmodifiableSortedSet(both);
    within("members", this.members.size(), 1, MAX_MEMBERS);
    within("participants", both.size(), 1, MAX_MEMBERS);
    both.forEach(Ring::requireName);
    this.members.forEach(this::place);
  }

  private static long within(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw Problem.of("ring is out of range")
          .with(what, value)
          .with("least", least)
          .with("most", most)
          .illegalArgument();
    }
    return value;
  }

  /**
   * Refuses what no member can be called.
   *
   * @throws IllegalArgumentException if it is empty, too long or no text
   */
  public static String requireName(String name) {
    int length = Bytes.utf8(name).length();
    if (length == 0 || length > Limits.MAX_PREFIX_BYTES) {
      throw Problem.of("name of a member is out of range")
          .with("name", name)
          .with("bytes", length)
          .with("limit", Limits.MAX_PREFIX_BYTES)
          .illegalArgument();
    }
    return name;
  }

  private void place(String member) {
    for (int i = 0; i < points; i++) {
      // Of two at one point the lesser name stands there, in whatever order they came.
      owners.merge(
          KeyHash.of(Bytes.utf8(member + "\0" + i)),
          member,
          (one, other) -> one.compareTo(other) <= 0 ? one : other);
    }
  }

  /**
   * The ring after it, with one more member.
   *
   * @param isSettled whether all that this one moves has been handed over
   */
  public Ring with(String member, boolean isSettled) {
    TreeSet<String> more = new TreeSet<>(members);
    if (!more.add(member)) {
      throw Problem.of("ring has the member already").with("name", member).illegalArgument();
    }
    TreeSet<String> leave = stillLeaving(isSettled);
    boolean stays = leave.remove(member);
    if (!stays) {
      requireFewUnsettled(isSettled);
    }
    return next(isSettled, more, leave);
  }

  /** The ring after it, where a member owns nothing any more and gives away what it has. */
  public Ring without(String member, boolean isSettled) {
    TreeSet<String> leave = stillLeaving(isSettled);
    leave.add(member);
    SortedSet<String> fewer = fewer(member, members);
    requireFewUnsettled(isSettled);
    return next(isSettled, fewer, leave);
  }

  /** The ring after it, where nobody waits any more for one that is gone for ever. */
  public Ring withoutLost(String member, boolean isSettled) {
    TreeSet<String> leave = stillLeaving(isSettled);
    boolean wasLeaving = leave.remove(member);
    return next(isSettled, wasLeaving ? members : fewer(member, members), leave);
  }

  private TreeSet<String> stillLeaving(boolean isSettled) {
    return isSettled ? new TreeSet<>() : new TreeSet<>(leaving);
  }

  private static SortedSet<String> fewer(String member, Set<String> members) {
    TreeSet<String> fewer = new TreeSet<>(members);
    if (!fewer.remove(member)) {
      throw Problem.of("ring has no such member").with("name", member).illegalArgument();
    }
    if (fewer.isEmpty()) {
      throw Problem.of("ring would have no member left")
          .with("name", member)
          .advise("let another one in first")
          .illegalArgument();
    }
    return fewer;
  }

  private void requireFewUnsettled(boolean isSettled) {
    if (!isSettled && epoch - settled >= MAX_UNSETTLED) {
      throw Problem.of("too many rings are not settled")
          .with("epoch", epoch)
          .with("settled", settled)
          .with("limit", MAX_UNSETTLED)
          .advise("wait until keys are handed over, or drop the members that are gone for ever")
          .illegalState();
    }
  }

  private Ring next(boolean isSettled, Set<String> nextMembers, Set<String> nextLeaving) {
    long base = isSettled ? epoch : settled;
    return new Ring(epoch + 1, base, points, copies, nextMembers, nextLeaving);
  }

  /** Which of its cluster's rings it is: a later one has a higher epoch. */
  public long epoch() {
    return epoch;
  }

  /** The epoch of the last one before it that was settled; 0 for none. */
  public long settled() {
    return settled;
  }

  /** What its members are called, in order. */
  public SortedSet<String> members() {
    return members;
  }

  /** Who owns nothing any more, and gives away what it has; in order. */
  public SortedSet<String> leaving() {
    return leaving;
  }

  /** Whom the hand-over waits for: members, and those that leave. */
  public SortedSet<String> participants() {
    return participants;
  }

  /** At how many points of the ring each member stands. */
  public int points() {
    return points;
  }

  /** How many members own each key, or all if there are fewer. */
  public int copies() {
    return copies;
  }

  /** Who owns a key, the first one first. */
  public List<String> owners(Bytes key) {
    Long point = owners.ceilingKey(KeyHash.of(key));
    return ownersFrom(point == null ? owners.firstKey() : point);
  }

  private List<String> ownersFrom(long point) {
    Set<String> found = new LinkedHashSet<>();
    addUntilEnough(owners.tailMap(point, true), found);
    addUntilEnough(owners.headMap(point, false), found);
    return List.copyOf(found);
  }

  private void addUntilEnough(Map<Long, String> inOrder, Set<String> found) {
    for (String owner : inOrder.values()) {
      if (found.size() == copies) {
        return;
      }
      found.add(owner);
    }
  }

  /** The keys that a member owns; none if it is no member. */
  public Interest interest(String member) {
    return members.contains(member)
        ? interests.computeIfAbsent(member, this::ownedBy)
        : Interest.NONE;
  }

  private Interest ownedBy(String member) {
    List<HashRange> ranges = new ArrayList<>();
    long first = 0;
    for (long point : owners.keySet()) {
      if (ownersFrom(point).contains(member)) {
        ranges.add(new HashRange(first, point));
      }
      if (point == -1) {
        return Interest.ofRanges(ranges);
      }
      first = point + 1;
    }
    if (ownersFrom(owners.firstKey()).contains(member)) {
      ranges.add(new HashRange(first, -1));
    }
    return Interest.ofRanges(ranges);
  }

  /**
   * Writes both epochs, points and copies, then members and those that leave: of each their number,
   * and the names in order.
   */
  public void encode(ByteWriter out) {
    out.i64(epoch).i64(settled).varint(points).varint(copies);
    encode(members, out);
    encode(leaving, out);
  }

  private static void encode(SortedSet<String> names, ByteWriter out) {
    out.varint(names.size());
    names.forEach(name -> out.bytes(Bytes.utf8(name)));
  }

  /** Reads what {@link #encode} wrote. */
  public static Ring decode(ByteReader in) {
    long epoch = in.i64();
    long settled = in.i64();
    int points = in.count("points", MAX_POINTS);
    int copies = in.count("copies", MAX_COPIES);
    SortedSet<String> members = decodeNames(in);
    SortedSet<String> leaving = decodeNames(in);
    boolean isValid =
        epoch >= 1
            && settled >= 0
            && settled < epoch
            && points >= 1
            && copies >= 1
            && !members.isEmpty()
            && members.size() + leaving.size() <= MAX_MEMBERS
            && Collections.disjoint(members, leaving);
    if (!isValid) {
      throw in.malformed("ring is out of range");
    }
    return new Ring(epoch, settled, points, copies, members, leaving);
  }

  private static SortedSet<String> decodeNames(ByteReader in) {
    int count = in.count("members", Math.min(MAX_MEMBERS, in.remaining() / 2));
    TreeSet<String> names = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      Bytes name = Bytes.wrap(in.bytes("name bytes", Limits.MAX_PREFIX_BYTES));
      boolean isName = name.isUtf8() && name.length() > 0;
      if (!isName || (!names.isEmpty() && names.last().compareTo(name.toUtf8()) >= 0)) {
        throw in.malformed("members of a ring are out of order or no names");
      }
      names.add(name.toUtf8());
    }
    return names;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ring that
        && epoch == that.epoch
        && settled == that.settled
        && points == that.points
        && copies == that.copies
        && members.equals(that.members)
        && leaving.equals(that.leaving);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(epoch) * 31 + members.hashCode();
  }

  @Override
  public String toString() {
    return "epoch " + epoch + ": " + members + (leaving.isEmpty() ? "" : ", leaving " + leaving);
  }
}
