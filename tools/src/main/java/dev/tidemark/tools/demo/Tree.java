package dev.tidemark.tools.demo;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A replica's files: path to contents, several where they are in conflict. */
record Tree(SortedMap<String, List<String>> files) {

  static Tree of(List<Map.Entry<String, List<String>>> entries) {
    SortedMap<String, List<String>> files = new TreeMap<>();
    entries.forEach(entry -> files.put(entry.getKey(), entry.getValue()));
    return new Tree(files);
  }

  static Tree ofSingles(SortedMap<String, String> blobs) {
    SortedMap<String, List<String>> files = new TreeMap<>();
    blobs.forEach((path, blob) -> files.put(path, List.of(blob)));
    return new Tree(files);
  }

  int size() {
    return files.size();
  }

  /**
   * The tree as one number: the SHA-256 of its sorted {@code path TAB blob LF} lines, a line for
   * each of several contents.
   */
  String digest() {
    Sha256 digest = new Sha256();
    files.forEach((path, blobs) -> blobs.forEach(blob -> digest.add(path + '\t' + blob + '\n')));
    return digest.hex();
  }
}
