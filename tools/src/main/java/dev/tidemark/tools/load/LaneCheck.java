package dev.tidemark.tools.load;

import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds how many commits of a writer a store shows: all its keys have to be as they were after the
 * same number of commits, which is what a batch is atomic and a recovered log is a prefix means.
 */
final class LaneCheck {
  /** How far behind what a writer can have made to look for what it never made. */
  private static final long BEYOND = 1000;

  private final LaneId lane;
  private final Workload workload;
  private final LaneBounds bounds;
  private final OptionalLong logged;
  private final Map<String, Value> actual;
  private final Verdict verdict;

  /**
   * A check of one writer.
   *
   * @param logged how many of its commits the log has, if that is known: a commit that changes
   *     nothing leaves no other trace
   * @param actual the writer's keys, and its part of those that are shared
   */
  LaneCheck(
      LaneId lane,
      Workload workload,
      LaneBounds bounds,
      OptionalLong logged,
      Map<String, Value> actual,
      Verdict verdict) {
    this.lane = lane;
    this.workload = workload;
    this.bounds = bounds;
    this.logged = logged;
    this.actual = actual;
    this.verdict = verdict;
  }

  /** Checks, and gives the writer's keys as they were after the commits that are there. */
  LaneModel run() {
    LaneModel model = new LaneModel(workload);
    model.advanceTo(logged.orElse(bounds.least()));
    while (!differing(model).isEmpty() && logged.isEmpty() && model.commits() < bounds.most()) {
      model.advance();
    }
    if (!differing(model).isEmpty()) {
      model = nearest();
    }
    report(model);
    return model;
  }

  private void report(LaneModel model) {
    for (long index = model.commits() + 1;
        index <= Math.max(bounds.least(), bounds.required());
        index++) {
      verdict.lost(lane, index, "the store shows what was before it");
    }
    for (long index = bounds.most() + 1; index <= model.commits(); index++) {
      verdict.wrong(commit(lane, index), "the store shows it, and its writer never was that far");
    }
    if (logged.isPresent() && logged.getAsLong() != model.commits()) {
      verdict.wrong(
          "writer " + lane,
          "the log has "
              + logged.getAsLong()
              + " commits of it, the values show "
              + model.commits());
    }
    for (String key : differing(model)) {
      verdict.wrong(
          "key " + key,
          "after commit "
              + model.commits()
              + " of writer "
              + lane
              + " expected "
              + model.value(key)
              + ", actual "
              + actual.get(key));
    }
  }

  /** How a commit is called that should not be there. */
  static String commit(LaneId lane, long index) {
    return "commit " + index + " of writer " + lane;
  }

  private Set<String> differing(LaneModel model) {
    Set<String> differing = new HashSet<>();
    for (String key : model.keys()) {
      if (differs(model, key)) {
        differing.add(key);
      }
    }
    for (String key : actual.keySet()) {
      if (differs(model, key)) {
        differing.add(key);
      }
    }
    return differing;
  }

  /** A key that is not there has its type's empty value. */
  private boolean differs(LaneModel model, String key) {
    Strategy strategy = LaneModel.strategy(key);
    if (Keys.isHot(key) && !SharedKeys.isTaggedByItem(strategy)) {
      return false;
    }
    Value held = actual.get(key);
    return !model.value(key).equals(held == null ? KeyModel.of(strategy).value() : held);
  }

  /** The number of commits that explains most of what is there; the expected one if several do. */
  private LaneModel nearest() {
    LaneModel model = new LaneModel(workload);
    Set<String> differing = differing(model);
    long best = 0;
    long fewest = Long.MAX_VALUE;
    while (true) {
      long count = differing.size();
      if (count < fewest || (count == fewest && distance(model.commits()) < distance(best))) {
        fewest = count;
        best = model.commits();
      }
      if (model.commits() >= Math.max(bounds.most(), bounds.required()) + BEYOND) {
        break;
      }
      for (String key : model.advance().keys()) {
        if (differs(model, key)) {
          differing.add(key);
        } else {
          differing.remove(key);
        }
      }
    }
    LaneModel found = new LaneModel(workload);
    found.advanceTo(best);
    return found;
  }

  private long distance(long commits) {
    return logged.isPresent()
        ? Math.abs(commits - logged.getAsLong())
        : Math.max(0, Math.max(bounds.least() - commits, commits - bounds.most()));
  }
}
