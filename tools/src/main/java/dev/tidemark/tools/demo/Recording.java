package dev.tidemark.tools.demo;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The shipped history and git's own answers about it. */
record Recording(History history, Expectations expected) {
  private static final String FOLDER = "pekko-history/";

  static Recording load() throws IOException {
    try (Lines lines = open("ops.tsv.gz")) {
      return new Recording(
          HistoryReader.read(lines), new Expectations(checkpoints(), tree(), authors()));
    }
  }

  private static Lines open(String file) throws IOException {
    InputStream in = Recording.class.getResourceAsStream(FOLDER + file);
    if (in == null) {
      throw new IOException("the command was built without its recording: " + file);
    }
    return new Lines(file, in);
  }

  private static List<Checkpoint> checkpoints() throws IOException {
    List<Checkpoint> checkpoints = new ArrayList<>();
    try (Lines lines = open("expected-checkpoints.tsv")) {
      lines.next();
      while (lines.next()) {
        checkpoints.add(new Checkpoint(lines.number(0), lines.number(2), lines.text(3)));
      }
    }
    return checkpoints;
  }

  private static Tree tree() throws IOException {
    SortedMap<String, String> tree = new TreeMap<>();
    try (Lines lines = open("expected-head-tree.tsv.gz")) {
      while (lines.next()) {
        tree.put(lines.text(0), lines.text(1));
      }
    }
    return Tree.ofSingles(tree);
  }

  private static SortedMap<Integer, AuthorTotals> authors() throws IOException {
    SortedMap<Integer, AuthorTotals> authors = new TreeMap<>();
    try (Lines lines = open("expected-author-totals.tsv")) {
      lines.next();
      while (lines.next()) {
        authors.put(
            lines.number(0), new AuthorTotals(lines.number(1), lines.number(2), lines.number(3)));
      }
    }
    return authors;
  }
}
