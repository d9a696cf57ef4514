package dev.tidemark.tools.demo;

import java.util.List;

/**
 * What a run came to.
 *
 * @param history what was replayed
 * @param checks what was compared, in the order to show it
 * @param usage what it took
 */
record Report(History history, List<Check> checks, Usage usage) {
  /** Whether everything is as it has to be. */
  boolean matches() {
    return checks.stream().allMatch(Check::passed);
  }
}
