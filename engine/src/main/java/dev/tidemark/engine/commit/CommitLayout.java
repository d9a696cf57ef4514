package dev.tidemark.engine.commit;

/**
 * The fixed part of a commit, little-endian.
 *
 * <pre>
 *   0        8               16       24       32            36
 *   +--------+---------------+--------+--------+-------------+---------+------------+
 *   | origin | firstSequence | stamp  | chain  | operations  | summary | operation* |
 *   | u64    | i64           | i64    | u64    | i32         | vector  |            |
 *   +--------+---------------+--------+--------+-------------+---------+------------+
 *
 *   operation: strategy tag u8, prefix length u8, key length varint, key, delta length varint, delta
 * </pre>
 *
 * The chain hash covers everything but its own eight bytes. The prefix is the first bytes of the
 * key.
 */
public final class CommitLayout {
  /** Offset of the origin's replica id. */
  public static final int ORIGIN = 0;

  /** Offset of the first sequence. */
  public static final int FIRST_SEQUENCE = 8;

  /** Offset of the stamp. */
  public static final int STAMP = 16;

  /** Offset of the chain hash. */
  public static final int CHAIN = 24;

  /** Offset of the count of operations. */
  public static final int OPERATIONS = 32;

  /** Offset of the causal summary. */
  public static final int SUMMARY = 36;

  private CommitLayout() {}
}
