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

/**
 * Which members own which keys: consistent hashing with virtual nodes (Karger et al. 1997). Each
 * member stands at some points of the ring of {@linkplain KeyHash hashes}, and a key belongs to the
 * first members at and behind its hash. So a member that comes or goes moves about its share of the
 * keys and no others. A function of its parts alone: whoever has the same members has the same
 * owners. Immutable.
 */
public final class Ring {
  /** How many members a ring may have. */
  public static final int MAX_MEMBERS = 1024;

  /** How many points a member may have. */
  public static final int MAX_POINTS = 256;

  /** How many members may own a key. */
  public static final int MAX_COPIES = 7;

  private final long epoch;
  private final int points;
  private final int copies;
  private final SortedSet<String> members;
  private final TreeMap<Long, String> owners = new TreeMap<>(Long::compareUnsigned);

  /**
   * A ring.
   *
   * @param epoch which of its cluster's rings it is: a later one has a higher epoch
   * @param members what its members are called
   * @param points at how many points of the ring each stands: the more, the evener are the shares
   * @param copies how many members own each key, or all if there are fewer
   */
  public Ring(long epoch, Collection<String> members, int points, int copies) {
    this.epoch = within("epoch", epoch, 1, Long.MAX_VALUE);
    within("members", members.size(), 1, MAX_MEMBERS);
    this.points = (int) within("points", points, 1, MAX_POINTS);
    // What one member owns is an interest, which is bounded.
    this.copies =
        (int) within("copies", copies, 1, Math.min(MAX_COPIES, (Interest.MAX_PARTS - 1) / points));
    this.members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
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

  private void place(String member) {
    if (member.isEmpty() || Bytes.utf8(member).length() > Limits.MAX_PREFIX_BYTES) {
      throw Problem.of("name of a member is out of range")
          .with("name", member)
          .with("limit", Limits.MAX_PREFIX_BYTES)
          .illegalArgument();
    }
    for (int i = 0; i < points; i++) {
      // Of two at one point the lesser name stands there, in whatever order they came.
      owners.merge(
          KeyHash.of(Bytes.utf8(member + "\0" + i)),
          member,
          (one, other) -> one.compareTo(other) <= 0 ? one : other);
    }
  }

  /** The ring after it, with one more member. */
  public Ring with(String member) {
    TreeSet<String> more = new TreeSet<>(members);
    if (!more.add(member)) {
      throw Problem.of("ring has the member already").with("name", member).illegalArgument();
    }
    return new Ring(epoch + 1, more, points, copies);
  }

  /** The ring after it, without a member. */
  public Ring without(String member) {
    TreeSet<String> fewer = new TreeSet<>(members);
    if (!fewer.remove(member)) {
      throw Problem.of("ring has no such member").with("name", member).illegalArgument();
    }
    return new Ring(epoch + 1, fewer, points, copies);
  }

  /** Which of its cluster's rings it is. */
  public long epoch() {
    return epoch;
  }

  /** What its members are called, in order. */
  public SortedSet<String> members() {
    return members;
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

  /** Writes epoch, points, copies, the number of members and their names in order. */
  public void encode(ByteWriter out) {
    out.i64(epoch).varint(points).varint(copies).varint(members.size());
    members.forEach(member -> out.bytes(Bytes.utf8(member)));
  }

  /** Reads what {@link #encode} wrote. */
  public static Ring decode(ByteReader in) {
    long epoch = in.i64();
    int points = in.count("points", MAX_POINTS);
    int copies = in.count("copies", MAX_COPIES);
    int count = in.count("members", Math.min(MAX_MEMBERS, in.remaining() / 2));
    TreeSet<String> members = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      Bytes name = Bytes.wrap(in.bytes("name bytes", Limits.MAX_PREFIX_BYTES));
      boolean inOrder = members.isEmpty() || members.last().compareTo(name.toUtf8()) < 0;
      if (!name.isUtf8() || name.length() == 0 || !inOrder) {
        throw in.malformed("members of a ring are out of order or no names");
      }
      members.add(name.toUtf8());
    }
    boolean valid =
        epoch >= 1
            && points >= 1
            && copies >= 1
            && copies <= (Interest.MAX_PARTS - 1) / points
            && !members.isEmpty();
    if (!valid) {
      throw in.malformed("ring is out of range");
    }
    return new Ring(epoch, members, points, copies);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ring that
        && epoch == that.epoch
        && points == that.points
        && copies == that.copies
        && members.equals(that.members);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(epoch) * 31 + members.hashCode();
  }

  @Override
  public String toString() {
    return "epoch " + epoch + ": " + members;
  }
}
