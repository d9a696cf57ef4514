package dev.tidemark.tools.words;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.stability.Standing;
import dev.tidemark.storage.membership.MembershipReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a cluster, and who holds forgetting up, as it is printed and goes over HTTP. Times
 * are in UTC; null for never.
 *
 * @param replica the store's own id
 * @param founded whether there is a cluster
 * @param mayWrite whether the store may
 * @param forgottenUpTo below what its state has forgotten
 * @param forgettableUpTo below what it could forget now
 * @param waitingOperations how many operations some member is not known to have seen
 * @param waitsFor who has to be heard of before all can be forgotten; null if nobody
 * @param members none if there is no cluster
 */
public record MembersView(
    String replica,
    boolean founded,
    boolean mayWrite,
    @Nullable String forgottenUpTo,
    @Nullable String forgettableUpTo,
    long waitingOperations,
    @Nullable Blocker waitsFor,
    List<Member> members) {
  /** The member that the others wait for. */
  public record Blocker(String replica, @Nullable String lastHeardOf, boolean knowsAllMembers) {}

  /** One member. */
  public record Member(
      String replica,
      @Nullable String lastHeardOf,
      @Nullable String hasSeenUpTo,
      long lacksOperations,
      boolean knowsAllMembers,
      boolean retired) {}

  /** What a report says. */
  public static MembersView of(MembershipReport report) {
    MembershipReport.Blocker blocker = report.blocker();
    return new MembersView(
        ReplicaId.format(report.self()),
        report.isFounded(),
        !report.ownRefusal(),
        time(report.floor().horizon()),
        time(report.reachable().horizon()),
        report.waiting(),
        blocker == null
            ? null
            : new Blocker(
                ReplicaId.format(blocker.replica()),
                time(blocker.lastStamp()),
                blocker.hasSeenMembership()),
        report.isFounded()
            ? report.standings().stream().map(standing -> member(report, standing)).toList()
            : List.of());
  }

  private static Member member(MembershipReport report, Standing standing) {
    return new Member(
        ReplicaId.format(standing.replica()),
        time(standing.lastStamp()),
        time(standing.horizon()),
        lacks(report, standing),
        standing.hasSeenMembership(),
        standing.isRetired());
  }

  /** What is here and it is not known to have seen. */
  private static long lacks(MembershipReport report, Standing standing) {
    long lacks = 0;
    VersionVector here = report.vector();
    for (int i = 0; i < here.size(); i++) {
      lacks += Math.max(0, here.sequenceAt(i) - standing.seen().get(here.replicaAt(i)));
    }
    return lacks;
  }

  private static @Nullable String time(long stamp) {
    return stamp == 0 ? null : OperationWords.time(stamp);
  }

  /** As lines: what holds for all, then a line for each member. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>(summary());
    members.forEach(member -> lines.add(line(member)));
    return lines;
  }

  /** What is forgotten, what waits, and for whom. */
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    lines.add("replica    " + replica + (mayWrite ? "" : ", must not write"));
    if (founded) {
      lines.add("forgotten  " + upTo(forgottenUpTo));
      lines.add("could be   " + upTo(forgettableUpTo));
    }
    lines.add(waiting());
    return lines;
  }

  /** For whom the store keeps what is dead. */
  public String waiting() {
    if (!founded) {
      return "cluster    none: nothing is forgotten until one is founded";
    }
    return waitsFor == null
        ? "waiting    nothing"
        : String.format(
            Locale.ROOT,
            "waiting    %,d operations to be seen, for member %s, last heard of %s%s",
            waitingOperations,
            waitsFor.replica(),
            heard(waitsFor.lastHeardOf()),
            waitsFor.knowsAllMembers() ? "" : ", which does not know all members yet");
  }

  private String line(Member member) {
    return String.format(
        Locale.ROOT,
        "member     %s, last heard of %s, lacks %,d operations%s%s%s",
        member.replica(),
        heard(member.lastHeardOf()),
        member.lacksOperations(),
        member.replica().equals(replica) ? ", this store" : "",
        member.knowsAllMembers() ? "" : ", does not know all members yet",
        member.retired() ? ", retired" : "");
  }

  private static String upTo(@Nullable String time) {
    return time == null ? "nothing" : "up to " + time;
  }

  private static String heard(@Nullable String time) {
    return time == null ? "never" : time;
  }
}
