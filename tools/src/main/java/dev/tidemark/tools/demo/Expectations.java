package dev.tidemark.tools.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a replay has to come to.
 *
 * @param checkpoints the trees of some commits; the last commit's is among them
 * @param tree the last commit's
 * @param authors what each person did, by their number
 */
record Expectations(
    List<Checkpoint> checkpoints, Tree tree, SortedMap<Integer, AuthorTotals> authors) {

  /**
   * What a shorter history has to come to. Git's checkpoints count as far as they reach; tree and
   * totals follow from the input.
   */
  static Expectations ofFirst(Expectations whole, Causality causality) {
    int last = causality.history().last().index();
    Tree tree = TreeOracle.tree(causality, last);
    List<Checkpoint> checkpoints =
        new ArrayList<>(whole.checkpoints.stream().filter(each -> each.commit() < last).toList());
    checkpoints.add(new Checkpoint(last, tree.size(), tree.digest()));
    return new Expectations(checkpoints, tree, totals(causality, last));
  }

  private static SortedMap<Integer, AuthorTotals> totals(Causality causality, int last) {
    Map<Integer, AuthorTotals> totals = new TreeMap<>();
    for (GitCommit commit : causality.history().commits()) {
      if (causality.hasSeen(last, commit.index())) {
        totals.merge(commit.author(), commit.totals(), AuthorTotals::plus);
      }
    }
    return new TreeMap<>(totals);
  }
}
