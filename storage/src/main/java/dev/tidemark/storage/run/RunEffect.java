package dev.tidemark.storage.run;

/** What becomes of a key when a run of a log is folded. */
public enum RunEffect {
  /** What the run says of it is joined; below the floor of the state it was joined before. */
  JOINS,
  /**
   * It is what the run says, and nothing else: the run brings keys that the store did not hold.
   * What was there is not all that was said of them, and what was not there was not forgotten: no
   * floor speaks of them.
   */
  REPLACES
}
