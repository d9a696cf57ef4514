package dev.tidemark.replication.simulation;

import dev.tidemark.storage.conflict.Conflict;
import dev.tidemark.storage.conflict.Conflicts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A store tells of each value of a register that was lost to a concurrent update, once, in the
 * order of its log, and of nothing else.
 */
final class ConflictsAreExact implements Invariant {
  private final Map<Node, RegisterHistory> histories = new HashMap<>();

  @Override
  public void visited(Node node) {
    RegisterHistory history = histories.computeIfAbsent(node, RegisterHistory::new);
    long behind = history.position();
    List<RegisterHistory.Lost> lost = history.readOn();
    List<Conflict> newest = node.store().conflicts().newest();
    List<RegisterHistory.Lost> told = told(newest, behind, history.position());
    boolean reachesBack =
        newest.size() < Conflicts.MOST || newest.get(newest.size() - 1).position() <= behind;
    List<RegisterHistory.Lost> expected =
        reachesBack ? lost : lost.subList(Math.max(0, lost.size() - told.size()), lost.size());
    require(told.equals(expected), node, "lost", expected, "told", told);
  }

  private static List<RegisterHistory.Lost> told(List<Conflict> newest, long behind, long last) {
    List<RegisterHistory.Lost> told = new ArrayList<>();
    for (Conflict conflict : newest) {
      if (conflict.position() > behind
          && conflict.position() <= last
          && conflict.key().toString().startsWith(RegisterHistory.PREFIX)) {
        told.add(
            new RegisterHistory.Lost(
                conflict.position(), conflict.winner().operation(), conflict.loser().operation()));
      }
    }
    Collections.reverse(told);
    return told;
  }
}
