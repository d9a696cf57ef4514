package dev.tidemark.tools.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the members agree, and have all that was acknowledged. */
final class Verdict {
  private static final long PAUSE_MILLIS = 50;

  private Verdict() {}

  /** The vector that all members have seen; null if they do not have the same one in time. */
  static @Nullable JsonNode awaitEqualVectors(List<Member> members, long deadline)
      throws InterruptedException {
    while (System.nanoTime() < deadline) {
      Set<JsonNode> vectors = new HashSet<>();
      for (Member member : members) {
        JsonNode status = member.get("/status");
        vectors.add(status == null ? NullNode.instance : status.get("vector"));
      }
      JsonNode one = vectors.iterator().next();
      if (vectors.size() == 1 && one.isObject()) {
        return one;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return null;
  }

  /** What is wrong with what the members hold; empty if nothing is. */
  static List<String> judge(List<Member> members, List<Writer> writers)
      throws InterruptedException {
    List<String> findings = new ArrayList<>();
    JsonNode first = members.get(0).get("/scan");
    for (Member member : members) {
      if (first == null || !Objects.equals(first, member.get("/scan"))) {
        findings.add(member.name() + " holds other values than " + members.get(0).name());
      }
    }
    JsonNode set = members.get(0).get("/keys/" + Writer.SET);
    JsonNode counter = members.get(0).get("/keys/" + Writer.COUNTER);
    if (set == null || counter == null) {
      findings.add(members.get(0).name() + " does not answer");
      return findings;
    }
    Set<String> held = new HashSet<>();
    set.forEach(element -> held.add(element.textValue()));
    long least = 0;
    long most = 0;
    for (Writer writer : writers) {
      long lost = writer.added().stream().filter(element -> !held.contains(element)).count();
      if (lost > 0) {
        findings.add(lost + " acknowledged elements are lost");
      }
      least += writer.incremented();
      most += writer.incremented() + writer.unknown();
    }
    long count = counter.asLong();
    if (count < least || count > most) {
      findings.add("the counter is " + count + ", not from " + least + " to " + most);
    }
    return findings;
  }
}
