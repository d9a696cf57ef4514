package dev.tidemark.engine.commit;

/**
 * A rolling hash over all commits of one origin, so that two stores can tell that they hold the
 * same history of it. It finds a replica whose history forked (restored behind its peers' backs and
 * written since); it does not resist one that forges.
 */
public final class ChainHash {
  /** The hash of no commits. */
  public static final long NONE = 0;

  private ChainHash() {}

  /** The hash after one more commit: the hash before, and the CRC32C of the commit's content. */
  public static long next(long chain, long firstSequence, int contentCrc) {
    long h = chain ^ (firstSequence * 0x9e3779b97f4a7c15L) ^ (contentCrc & 0xffffffffL);
    // The finaliser of SplitMix64: every bit of the input reaches every bit of the output.
    h = (h ^ (h >>> 30)) * 0xbf58476d1ce4e5b9L;
    h = (h ^ (h >>> 27)) * 0x94d049bb133111ebL;
    return h ^ (h >>> 31);
  }
}
