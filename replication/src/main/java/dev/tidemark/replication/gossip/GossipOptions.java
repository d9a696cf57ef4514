package dev.tidemark.replication.gossip;

import dev.tidemark.error.Problem;
import java.time.Duration;
import java.util.List;

/**
 * How members tell each other who is there. Immutable; start from {@link #DEFAULT}.
 *
 * @param interval how often the member table is sent
 * @param fanOut to how many peers each time, drawn anew
 * @param suspectAfter how long nothing new comes of a member before it is suspected
 * @param downAfter how long it is suspected before it counts as down
 * @param forgetAfter how long one that is down or has left is remembered
 * @param addresses where others can dial this member, host and port; if there is none, where it
 *     listens, unless that is every address of the machine
 * @param dial whose addresses are dialled that were learned
 */
public record GossipOptions(
    Duration interval,
    int fanOut,
    Duration suspectAfter,
    Duration downAfter,
    Duration forgetAfter,
    List<String> addresses,
    Dial dial) {
  /** Every second to three peers; suspected after 5 s, down 30 s later, forgotten after a day. */
  public static final GossipOptions DEFAULT =
      new GossipOptions(
          Duration.ofSeconds(1),
          3,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofDays(1),
          List.of(),
          Dial.ALLOWED);

  /** Whose addresses are dialled that were learned from others. */
  public enum Dial {
    /** Nobody's: those alone that are configured. */
    NOBODY,
    /** Those of names on the allow-list; without a list nobody's. */
    ALLOWED,
    /** Everybody's, without a list too: a member that lies can have any address dialled. */
    ANYBODY
  }

  /** Refuses what cannot work. */
  public GossipOptions {
    addresses = List.copyOf(addresses);
    if (interval.toMillis() < 1
        || fanOut < 1
        || suspectAfter.compareTo(interval) <= 0
        || downAfter.toMillis() < 1
        || forgetAfter.toMillis() < 1
        || addresses.size() > MemberTable.MOST_ADDRESSES) {
      throw Problem.of("bounds of gossip are out of order")
          .with("interval", interval)
          .with("fanOut", fanOut)
          .with("suspectAfter", suspectAfter)
          .with("downAfter", downAfter)
          .advise("suspect after several intervals, and give at most four addresses")
          .illegalArgument();
    }
  }

  /** At another pace. */
  public GossipOptions withPace(Duration every, int toPeers) {
    return new GossipOptions(every, toPeers, suspectAfter, downAfter, forgetAfter, addresses, dial);
  }

  /** With another patience. */
  public GossipOptions withPatience(Duration suspect, Duration down, Duration forget) {
    return new GossipOptions(interval, fanOut, suspect, down, forget, addresses, dial);
  }

  /** Telling others to dial these. */
  public GossipOptions withAddresses(List<String> own) {
    return new GossipOptions(interval, fanOut, suspectAfter, downAfter, forgetAfter, own, dial);
  }

  /** Dialling these. */
  public GossipOptions withDial(Dial whose) {
    return new GossipOptions(
        interval, fanOut, suspectAfter, downAfter, forgetAfter, addresses, whose);
  }
}
