package dev.tidemark.replication.gossip;

import java.util.List;

/**
 * What members tell each other of one of them. Of two words on a member the one of the higher
 * incarnation counts, then the worse state, then the later beat; only the member itself begins a
 * higher incarnation, and so takes back that it is suspected.
 *
 * @param name what it is called
 * @param replicaId whose operations it makes
 * @param addresses where it can be dialled, host and port; may be empty
 * @param incarnation begins with the time of its start, in milliseconds since 1970
 * @param state whether it is there
 * @param beat counts what it has said of itself in this incarnation
 * @param clockMillis its wall clock then
 * @param operations how many operations of all replicas it had then
 */
public record Member(
    String name,
    long replicaId,
    List<String> addresses,
    long incarnation,
    State state,
    long beat,
    long clockMillis,
    long operations) {
  /** Whether a member is there, the worse the later. */
  public enum State {
    /** It says so. */
    ALIVE,
    /** Nothing new came of it for a while; it may say that it is there. */
    SUSPECT,
    /** It has not said so in time. */
    DOWN,
    /** It has taken leave. */
    LEFT
  }

  /** Copies the addresses. */
  public Member {
    addresses = List.copyOf(addresses);
  }

  boolean isNewerThan(Member other) {
    if (incarnation != other.incarnation) {
      return incarnation > other.incarnation;
    }
    int worse = state.compareTo(other.state);
    return worse != 0 ? worse > 0 : beat > other.beat;
  }

  Member as(State now) {
    return new Member(name, replicaId, addresses, incarnation, now, beat, clockMillis, operations);
  }
}
