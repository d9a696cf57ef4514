package dev.tidemark.tools.words;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.stability.Standing;
import dev.tidemark.storage.membership.MembershipReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Who belongs to a cluster, and who holds forgetting up, in words. */
public final class MembersWords {
  private MembersWords() {}

  /** As lines: what holds for all, then a line for each member. */
  public static List<String> lines(MembershipReport report) {
    List<String> lines = new ArrayList<>(summary(report));
    if (report.isFounded()) {
      report.standings().forEach(standing -> lines.add(line(report, standing)));
    }
    return lines;
  }

  /** What is forgotten, what waits, and for whom. */
  public static List<String> summary(MembershipReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "replica    "
            + ReplicaId.format(report.self())
            + (report.ownRefusal() ? ", must not write" : ""));
    if (!report.isFounded()) {
      lines.add(waiting(report));
      return lines;
    }
    lines.add("forgotten  " + upTo(report.floor().horizon()));
    lines.add("could be   " + upTo(report.reachable().horizon()));
    lines.add(waiting(report));
    return lines;
  }

  /** For whom the store keeps what is dead. */
  public static String waiting(MembershipReport report) {
    if (!report.isFounded()) {
      return "cluster    none: nothing is forgotten until one is founded";
    }
    MembershipReport.Blocker blocker = report.blocker();
    return blocker == null
        ? "waiting    nothing"
        : String.format(
            Locale.ROOT,
            "waiting    %,d operations to be seen, for member %s, last heard of %s%s",
            report.waiting(),
            ReplicaId.format(blocker.replica()),
            time(blocker.lastStamp()),
            blocker.hasSeenMembership() ? "" : ", which does not know all members yet");
  }

  private static String line(MembershipReport report, Standing standing) {
    return String.format(
        Locale.ROOT,
        "member     %s, last heard of %s, lacks %,d operations%s%s%s",
        ReplicaId.format(standing.replica()),
        time(standing.lastStamp()),
        lacks(report, standing),
        standing.replica() == report.self() ? ", this store" : "",
        standing.hasSeenMembership() ? "" : ", does not know all members yet",
        standing.isRetired() ? ", retired" : "");
  }

  private static String upTo(long stamp) {
    return stamp == 0 ? "nothing" : "up to " + OperationWords.time(stamp);
  }

  private static String time(long stamp) {
    return stamp == 0 ? "never" : OperationWords.time(stamp);
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

  /** As fields of an object that is begun. */
  public static void write(JsonGenerator out, MembershipReport report) throws IOException {
    out.writeStringField("replica", ReplicaId.format(report.self()));
    out.writeBooleanField("founded", report.isFounded());
    out.writeBooleanField("mayWrite", !report.ownRefusal());
    writeTime(out, "forgottenUpTo", report.floor().horizon());
    writeTime(out, "forgettableUpTo", report.reachable().horizon());
    out.writeNumberField("waitingOperations", report.waiting());
    writeBlocker(out, report);
    out.writeArrayFieldStart("members");
    if (report.isFounded()) {
      for (Standing standing : report.standings()) {
        write(out, report, standing);
      }
    }
    out.writeEndArray();
  }

  /** For whom the store keeps what is dead, as a field of an object; none if for nobody. */
  public static void writeBlocker(JsonGenerator out, MembershipReport report) throws IOException {
    MembershipReport.Blocker blocker = report.blocker();
    if (blocker != null) {
      out.writeObjectFieldStart("waitsFor");
      out.writeStringField("replica", ReplicaId.format(blocker.replica()));
      writeTime(out, "lastHeardOf", blocker.lastStamp());
      out.writeBooleanField("knowsAllMembers", blocker.hasSeenMembership());
      out.writeEndObject();
    }
  }

  private static void write(JsonGenerator out, MembershipReport report, Standing standing)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("replica", ReplicaId.format(standing.replica()));
    writeTime(out, "lastHeardOf", standing.lastStamp());
    writeTime(out, "hasSeenUpTo", standing.horizon());
    out.writeNumberField("lacksOperations", lacks(report, standing));
    out.writeBooleanField("knowsAllMembers", standing.hasSeenMembership());
    out.writeBooleanField("retired", standing.isRetired());
    out.writeEndObject();
  }

  private static void writeTime(JsonGenerator out, String name, long stamp) throws IOException {
    if (stamp != 0) {
      out.writeStringField(name, OperationWords.time(stamp));
    }
  }
}
