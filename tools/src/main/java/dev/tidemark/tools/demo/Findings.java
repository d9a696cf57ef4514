package dev.tidemark.tools.demo;

import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;

/** Compares what the last commit's replica holds with what it has to be. */
final class Findings {
  private Findings() {}

  /** Path by path. */
  static Check paths(Tree expected, Tree found) {
    Tally tally = new Tally();
    TreeSet<String> paths = new TreeSet<>(expected.files().keySet());
    paths.addAll(found.files().keySet());
    paths.forEach(path -> tally.compare(path, expected.files().get(path), found.files().get(path)));
    return tally.check("live paths", "as in git's own tree");
  }

  /** No path with several contents. */
  static Check singles(Tree found) {
    Tally tally = new Tally();
    found
        .files()
        .forEach((path, blobs) -> tally.count(blobs.size() == 1, () -> path + " is " + blobs));
    return tally.check("no siblings", "paths with one content");
  }

  /** Person by person. */
  static Check authors(
      SortedMap<Integer, AuthorTotals> expected, SortedMap<Integer, AuthorTotals> found) {
    Tally tally = new Tally();
    TreeSet<Integer> people = new TreeSet<>(expected.keySet());
    people.addAll(found.keySet());
    people.forEach(who -> tally.compare("author " + who, expected.get(who), found.get(who)));
    return tally.check("author totals", "exact");
  }

  /** Every commit of the last one's history once, and none before its parents. */
  static Check journal(Causality causality, List<Integer> journal) {
    Tally tally = new Tally();
    BitSet met = new BitSet();
    for (int commit : journal) {
      boolean first = !met.get(commit);
      boolean later = true;
      for (int parent : causality.history().get(commit).parents()) {
        later &= met.get(parent);
      }
      met.set(commit);
      tally.count(first && later, () -> "commit " + commit + " is out of order");
    }
    int last = causality.history().last().index();
    for (GitCommit commit : causality.history().commits()) {
      if (causality.hasSeen(last, commit.index()) && !met.get(commit.index())) {
        tally.count(false, () -> "commit " + commit.index() + " is missing");
      }
    }
    return tally.check("journal", "commits in causal order");
  }

  /** Everybody has seen the same and holds the same. */
  static Check agreement(Replica one, List<Replica> replicas) {
    Tally tally = new Tally();
    String digest = one.files().digest();
    for (Replica each : replicas) {
      tally.count(
          each.vector().equals(one.vector()) && each.files().digest().equals(digest),
          () -> "replica " + replicas.indexOf(each) + " differs from " + replicas.indexOf(one));
    }
    return tally.check("replicas agree", "after a last exchange");
  }
}
