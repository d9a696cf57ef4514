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
 *
 * <p>Of a commit that was sent to one who has no interest in all of its keys, some deltas may be
 * withheld: then the highest bit of {@code operations} is set, and so is that of the tag of each
 * operation without its delta, in whose place its CRC32C and its length are told. The chain hash is
 * that of the whole commit.
 *
 * <pre>
 *   withheld: tag + 128 u8, prefix length u8, key length varint, key,
 *             5 to 8 varint, CRC32C of the delta u32, delta length varint
 * </pre>
 *
 * Where its maker was lost for ever and no member has the delta, 192 are added to the tag, not 128:
 * nobody waits for it.
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

  /** Set in the count of operations where some are withheld. */
  static final int PARTIAL = 1 << 31;

  /** Set in the tag of an operation that is withheld. */
  static final int WITHHELD = 1 << 7;

  /** Set with it in the tag of an operation that nobody has any more. */
  static final int LOST = 1 << 6;

  /** What a tag says beside its strategy. */
  static final int MARKS = WITHHELD | LOST;

  private CommitLayout() {}
}
