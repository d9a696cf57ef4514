package dev.tidemark.storage.state;

/**
 * What an audit has looked at, and how much of it was wrong.
 *
 * @param keys keys with a head
 * @param cells cells of all keys
 * @param bytes storage keys and values
 * @param mismatches how often something was not as it says it is
 */
public record StateAudit(long keys, long cells, long bytes, long mismatches) {
  /** Whether everything is as it says it is. */
  public boolean isClean() {
    return mismatches == 0;
  }
}
