package dev.tidemark.tools.load;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.tools.load.PlannedCommit.PlannedUpdate;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What one writer has made of its keys after a number of its commits; of a shared key, what is the
 * writer's own in it.
 */
final class LaneModel {
  private final Workload workload;
  private final Map<String, KeyModel> keys = new HashMap<>();
  private long commits;

  LaneModel(Workload workload) {
    this.workload = workload;
  }

  /** Where its commits come from. */
  Workload workload() {
    return workload;
  }

  /** How many commits it is after. */
  long commits() {
    return commits;
  }

  /** Makes the next commit, and gives it. */
  PlannedCommit advance() {
    return advance(workload.at(commits + 1));
  }

  /** Makes the next commit, which is known already. */
  PlannedCommit advance(PlannedCommit next) {
    commits++;
    for (PlannedUpdate planned : next.updates()) {
      keys.computeIfAbsent(planned.key(), LaneModel::model).apply(planned.update());
    }
    return next;
  }

  /** Makes commits until it is after so many. */
  void advanceTo(long target) {
    while (commits < target) {
      advance();
    }
  }

  /** The keys written so far. */
  Set<String> keys() {
    return keys.keySet();
  }

  /** What a key should be; a key never written has its type's empty value. */
  Value value(String key) {
    KeyModel model = keys.get(key);
    return (model == null ? model(key) : model).value();
  }

  private static KeyModel model(String key) {
    return KeyModel.of(strategy(key));
  }

  /** The strategy of a workload's key. */
  static Strategy strategy(String key) {
    return Keys.SCHEMA.of(Bytes.utf8(key)).strategy();
  }
}
