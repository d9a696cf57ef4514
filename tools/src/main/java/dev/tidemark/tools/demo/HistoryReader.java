package dev.tidemark.tools.demo;

import dev.tidemark.engine.codec.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code C index parents author authorTime committer commitTime replica} and its writes. */
final class HistoryReader {
  private final Lines lines;
  private final List<GitCommit> commits = new ArrayList<>();

  /** 24,140 paths are written 202,980 times. */
  private final Map<String, Bytes> paths = new HashMap<>();

  private List<PathWrite> writes = new ArrayList<>();
  private int replicas;

  private HistoryReader(Lines lines) {
    this.lines = lines;
  }

  static History read(Lines lines) throws IOException {
    HistoryReader reader = new HistoryReader(lines);
    while (lines.next()) {
      switch (lines.text(0)) {
        case "C" -> reader.commit();
        case "W" -> reader.write();
        default -> throw lines.malformed("line is neither a commit nor a write", null);
      }
    }
    return new History(List.copyOf(reader.commits), reader.replicas);
  }

  private void commit() {
    if (lines.number(1) != commits.size()) {
      throw lines.malformed("commit is out of order", null);
    }
    int replica = lines.number(7);
    if (replica < 0) {
      throw lines.malformed("replica is out of range", null);
    }
    replicas = Math.max(replicas, replica + 1);
    writes = new ArrayList<>();
    commits.add(
        new GitCommit(
            commits.size(), parents(), lines.number(3), lines.number(6), replica, writes));
  }

  private int[] parents() {
    String text = lines.text(2);
    String[] each = text.isEmpty() ? new String[0] : text.split(",", -1);
    int[] parents = new int[each.length];
    for (int i = 0; i < parents.length; i++) {
      parents[i] = lines.number(each[i]);
      if (parents[i] < 0 || parents[i] >= commits.size()) {
        throw lines.malformed("parent does not come before its child", null);
      }
    }
    return parents;
  }

  private void write() {
    if (commits.isEmpty()) {
      throw lines.malformed("write belongs to no commit", null);
    }
    Bytes path = paths.computeIfAbsent(lines.text(2), Bytes::utf8);
    writes.add(new PathWrite(path, blob(), count(4), count(5)));
  }

  private @Nullable Bytes blob() {
    return lines.text(1).equals("D") ? null : Bytes.utf8(lines.text(3));
  }

  /** Binaries have no lines. */
  private int count(int column) {
    return lines.text(column).equals("-") ? 0 : lines.number(column);
  }
}
