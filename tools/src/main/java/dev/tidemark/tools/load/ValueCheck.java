package dev.tidemark.tools.load;

import dev.tidemark.engine.operation.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Compares what a store holds with what the writers of a file have made of it. */
final class ValueCheck {
  private final AckLog log;
  private final Verdict verdict;
  private final Map<String, List<Value>> shared = new TreeMap<>();
  private final Map<LaneId, Long> commits = new HashMap<>();
  private final LogWalk walk;

  ValueCheck(AckLog log, LogWalk walk, Verdict verdict) {
    this.log = log;
    this.walk = walk;
    this.verdict = verdict;
  }

  /** The bounds of a session's writer. */
  @FunctionalInterface
  interface Bounds {
    /** Gives them. */
    LaneBounds of(SessionHeader session, int writer);
  }

  /** Checks everything; gives how many commits of each writer there are. */
  ToLongFunction<LaneId> run(StoredValues values, Bounds bounds) {
    for (SessionHeader session : log.sessions()) {
      for (int i = 0; i < session.writers(); i++) {
        LaneId lane = session.lane(i);
        LaneModel model =
            new LaneCheck(
                    lane,
                    session.workload(i),
                    bounds.of(session, i),
                    walk.commits(lane),
                    values.of(lane),
                    verdict)
                .run();
        commits.put(lane, model.commits());
        gather(model);
      }
    }
    for (LaneId lane : values.lanes()) {
      if (!commits.containsKey(lane) && lane.session() >= log.firstSession()) {
        verdict.wrong("writer " + lane, "the store holds something of it, and it never was");
      }
    }
    values.strangers().forEach((what, how) -> verdict.wrong("key " + what, how));
    checkShared(values);
    return lane -> commits.getOrDefault(lane, 0L);
  }

  private void gather(LaneModel model) {
    for (String key : model.keys()) {
      if (Keys.isHot(key) && !SharedKeys.isTaggedByItem(LaneModel.strategy(key))) {
        shared.computeIfAbsent(key, k -> new ArrayList<>()).add(model.value(key));
      }
    }
  }

  private void checkShared(StoredValues values) {
    if (log.firstSession() > 1
        || commits.keySet().stream().anyMatch(lane -> walk.commits(lane).isEmpty())) {
      // A commit that nothing else tells of may have written to the same keys.
      return;
    }
    for (String key : values.sharedKeys()) {
      shared.computeIfAbsent(key, k -> List.of());
    }
    shared.forEach(
        (key, parts) -> {
          String refusal = SharedKeys.refusal(LaneModel.strategy(key), parts, values.shared(key));
          if (refusal != null) {
            verdict.wrong("key " + key, refusal);
          }
        });
  }
}
