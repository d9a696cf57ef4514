package dev.tidemark.storage.inspect;

/**
 * Something in a store that is not as it should be.
 *
 * @param part what was looked at
 * @param where file and offset, position or key
 * @param expected what should be there
 * @param actual what is there
 */
public record Finding(Part part, String where, String expected, String actual) {
  /** What was looked at. */
  public enum Part {
    /** Who the store is, and what lies in its directory. */
    DIRECTORY,
    /** The log: checksums, contiguity, catalogue. */
    LOG,
    /** How far the log was promised to be durable. */
    MARK,
    /** The state: checksums, digests, counts. */
    STATE,
    /** The state against the join of the log. */
    LOG_AGAINST_STATE,
    /** A large value that something refers to: its chunks. */
    LARGE_VALUE,
    /** A snapshot: the hashes of its files, its state, its roots. */
    SNAPSHOT
  }
}
