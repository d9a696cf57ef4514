package dev.tidemark.tools.load;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What a check has found, each thing once, however often and in whatever way it is come across. */
final class Verdict {
  private record Lost(LaneId lane, long index) {}

  private final Set<Lost> lost = new HashSet<>();
  private final Map<String, String> wrong = new LinkedHashMap<>();
  private final Map<String, String> remarks = new LinkedHashMap<>();

  /** An acknowledged commit is not there. */
  void lost(LaneId lane, long index, String how) {
    if (lost.add(new Lost(lane, index))) {
      remarks.putIfAbsent("lost: commit " + index + " of writer " + lane, how);
    }
  }

  /** Something is there and is not what was written, or was never written. */
  void wrong(String what, String how) {
    if (wrong.putIfAbsent(what, how) == null) {
      remarks.put("wrong: " + what, how);
    }
  }

  /** Something is worth a word, and nobody's fault. */
  void remark(String what, String how) {
    remarks.put("note: " + what, how);
  }

  /** How many commits are lost. */
  long lostCount() {
    return lost.size();
  }

  /** How many things are wrong. */
  long wrongCount() {
    return wrong.size();
  }

  /** All of it, in words, in the order it was found. */
  Map<String, String> remarks() {
    return remarks;
  }
}
