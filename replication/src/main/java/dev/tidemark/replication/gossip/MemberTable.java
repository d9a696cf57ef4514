package dev.tidemark.replication.gossip;

import dev.tidemark.replication.gossip.Member.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is there, as this member has it: says so of itself, hears it of others, suspects whoever
 * nothing new is heard of, and takes back what others suspect of itself. Who <em>belongs</em> to
 * the cluster is logged and no concern of it. Thread-safe.
 *
 * <p>Memory: at most {@value #MOST} members of at most {@value #MOST_ADDRESSES} addresses, below 2
 * MiB; more are not taken in.
 */
public final class MemberTable {
  static final int MOST = 256;
  static final int MOST_ADDRESSES = 4;

  private final GossipOptions options;
  private final @Nullable Set<String> allowed;
  private final LongSupplier millis;
  private final Map<Long, Known> others = new HashMap<>();
  private Member self;
  private long leftOut;

  /** A member, and when something new was last heard of it, or its state last changed. */
  private record Known(Member member, long heardMillis, long sinceMillis) {}

  /**
   * A member as this one sees it.
   *
   * @param member what is known of it
   * @param heardMillisAgo how long ago something new was heard of it
   */
  public record Sight(Member member, long heardMillisAgo) {}

  /**
   * A table that knows nobody but its own member.
   *
   * @param allowed the names that are taken in; null for all
   * @param millis a clock, in milliseconds since 1970
   */
  public MemberTable(
      String name,
      long replicaId,
      List<String> addresses,
      GossipOptions options,
      @Nullable Set<String> allowed,
      LongSupplier millis) {
    this.options = options;
    this.allowed = allowed;
    this.millis = millis;
    long now = millis.getAsLong();
    this.self = new Member(name, replicaId, addresses, now, State.ALIVE, 0, now, 0);
  }

  /** This member is there, and has so many operations; gives all that is to be told. */
  public synchronized List<Member> beat(long operations) {
    self =
        new Member(
            self.name(),
            self.replicaId(),
            self.addresses(),
            self.incarnation(),
            State.ALIVE,
            self.beat() + 1,
            millis.getAsLong(),
            operations);
    List<Member> all = new ArrayList<>(others.size() + 1);
    all.add(self);
    others.values().forEach(known -> all.add(known.member()));
    return all;
  }

  /** Takes what another member tells. */
  public synchronized void merge(List<Member> told) {
    told.forEach(this::merge);
  }

  private void merge(Member told) {
    if (told.replicaId() == self.replicaId()) {
      refute(told);
      return;
    }
    Known known = others.get(told.replicaId());
    if (known == null) {
      boolean isLetIn = allowed == null || allowed.contains(told.name());
      if (!isLetIn || others.size() >= MOST - 1) {
        leftOut++;
        return;
      }
      if (told.state().compareTo(State.DOWN) >= 0) {
        // Gone before it was heard of; whoever remembers it may be about to forget it.
        return;
      }
      enter(told, null);
    } else if (told.isNewerThan(known.member())) {
      enter(told, known);
    }
  }

  private void enter(Member told, @Nullable Known before) {
    long now = millis.getAsLong();
    boolean isSame =
        before != null
            && before.member().state() == told.state()
            && before.member().incarnation() == told.incarnation();
    // That somebody is suspected is no sign of life.
    long heard = before == null || told.state() == State.ALIVE ? now : before.heardMillis();
    long since = before != null && isSame ? before.sinceMillis() : now;
    others.put(told.replicaId(), new Known(told, heard, since));
  }

  /** Others say something of this member that it did not say: it speaks louder. */
  private void refute(Member told) {
    boolean isAhead =
        told.incarnation() > self.incarnation()
            || (told.incarnation() == self.incarnation() && told.state() != State.ALIVE);
    if (isAhead) {
      self =
          new Member(
              self.name(),
              self.replicaId(),
              self.addresses(),
              told.incarnation() + 1,
              State.ALIVE,
              self.beat(),
              self.clockMillis(),
              self.operations());
    }
  }

  /** A member has taken leave of this one. */
  public synchronized void left(long replicaId) {
    Known known = others.get(replicaId);
    if (known != null && known.member().state() != State.LEFT) {
      enter(known.member().as(State.LEFT), known);
    }
  }

  /** Suspects, gives up and forgets whom nothing was heard of for long enough. */
  public synchronized void tick() {
    long now = millis.getAsLong();
    for (Known known : List.copyOf(others.values())) {
      Member member = known.member();
      switch (member.state()) {
        case ALIVE -> {
          if (now - known.heardMillis() >= options.suspectAfter().toMillis()) {
            enter(member.as(State.SUSPECT), known);
          }
        }
        case SUSPECT -> {
          if (now - known.sinceMillis() >= options.downAfter().toMillis()) {
            enter(member.as(State.DOWN), known);
          }
        }
        case DOWN, LEFT -> {
          if (now - known.sinceMillis() >= options.forgetAfter().toMillis()) {
            others.remove(member.replicaId());
          }
        }
      }
    }
  }

  /** The others, by name. */
  public synchronized List<Sight> others() {
    long now = millis.getAsLong();
    return others.values().stream()
        .map(known -> new Sight(known.member(), Math.max(0, now - known.heardMillis())))
        .sorted(
            Comparator.comparing((Sight sight) -> sight.member().name())
                .thenComparing(sight -> sight.member().replicaId(), Long::compareUnsigned))
        .toList();
  }

  /** What this member says of itself. */
  public synchronized Member self() {
    return self;
  }

  /** How often somebody was not taken in: the table was full, or the name is not allowed. */
  public synchronized long leftOut() {
    return leftOut;
  }
}
