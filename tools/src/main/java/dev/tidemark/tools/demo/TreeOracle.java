package dev.tidemark.tools.demo;

import dev.tidemark.engine.codec.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A commit's tree by the meaning of the words alone, without a store: of all writes in its history,
 * those live that no later write to the same path had seen.
 */
final class TreeOracle {
  private record Live(int commit, Bytes blob) {}

  private TreeOracle() {}

  static Tree tree(Causality causality, int commit) {
    SortedMap<String, List<String>> tree = new TreeMap<>();
    live(causality, commit).forEach((path, live) -> tree.put(path.toUtf8(), contents(live)));
    return new Tree(tree);
  }

  private static Map<Bytes, List<Live>> live(Causality causality, int commit) {
    Map<Bytes, List<Live>> byPath = new HashMap<>();
    for (GitCommit each : causality.history().commits().subList(0, commit + 1)) {
      if (causality.hasSeen(commit, each.index())) {
        each.writes().forEach(write -> apply(causality, byPath, each, write));
      }
    }
    byPath.values().removeIf(List::isEmpty);
    return byPath;
  }

  private static void apply(
      Causality causality, Map<Bytes, List<Live>> byPath, GitCommit commit, PathWrite write) {
    List<Live> live = byPath.computeIfAbsent(write.path(), path -> new ArrayList<>(1));
    live.removeIf(old -> causality.hasSeen(commit.index(), old.commit));
    Bytes blob = write.blob();
    if (blob != null) {
      live.add(new Live(commit.index(), blob));
    }
  }

  private static List<String> contents(List<Live> live) {
    return live.stream().map(each -> each.blob.toUtf8()).distinct().sorted().toList();
  }
}
