package dev.tidemark.storage.recovery;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.LogCondition;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.state.StateLook;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Facts as lines for a reader. */
final class Findings {
  private Findings() {}

  static List<String> of(StoreFacts facts) {
    List<String> lines = new ArrayList<>();
    lines.add("identity: " + identity(facts));
    lines.add("place: " + place(facts));
    lines.add("durable mark: " + mark(facts.log().durableMark()));
    lines.add("log: " + log(facts.log()));
    lines.add("state: " + state(facts));
    facts.choice().passedOver().forEach(why -> lines.add("snapshot: " + why));
    Snapshot base = facts.choice().snapshot();
    if (base != null) {
      lines.add("snapshot: " + base.directory() + " is good, up to position " + base.position());
    }
    return lines;
  }

  private static String identity(StoreFacts facts) {
    Identity identity = facts.identity();
    if (identity == null) {
      return "none";
    }
    String former =
        identity.formerReplicaIds().isEmpty()
            ? ""
            : ", formerly " + identity.formerReplicaIds().stream().map(ReplicaId::format).toList();
    return "replica "
        + ReplicaId.format(identity.replicaId())
        + former
        + (identity.finished() ? "" : ", first open not finished");
  }

  private static String place(StoreFacts facts) {
    Identity identity = facts.identity();
    return identity == null || identity.place().equals(facts.place())
        ? facts.place().toString()
        : facts.place() + "; the identity was taken at " + identity.place();
  }

  private static String mark(OptionalLong mark) {
    return mark.isPresent() ? "position " + mark.getAsLong() : "missing";
  }

  private static String log(LogReader log) {
    String condition = log.condition().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (log.condition() == LogCondition.ABSENT) {
      return condition;
    }
    String range = ", positions " + log.firstPosition() + " to " + log.lastPosition();
    String wrong =
        log.refusal()
            .map(Throwable::getMessage)
            .or(() -> log.tail().map(tail -> tail.exception().getMessage()))
            .orElse("");
    return condition + range + (wrong.isEmpty() ? "" : "; " + wrong);
  }

  private static String state(StoreFacts facts) {
    StateLook state = facts.state();
    String suspicion = facts.suspect() ? "under suspicion, " : "";
    if (facts.stateDamage() != null) {
      return suspicion + "damaged; " + facts.stateDamage().getMessage();
    }
    return suspicion
        + (state == null ? "none" : "applied to position " + state.progress().applied());
  }
}
