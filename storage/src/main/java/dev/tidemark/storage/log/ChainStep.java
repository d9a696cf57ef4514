package dev.tidemark.storage.log;

import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitCodec;

/**
 * Goes back one step of the {@link ChainHash}: the finaliser of SplitMix64 can be undone, so that a
 * segment tells the chain before its first commit of an origin without knowing any earlier commit.
 */
final class ChainStep {
  private ChainStep() {}

  /** The chain hash before an encoded commit, given the one after it. */
  static long before(byte[] body, int offset, int length, long chainAfter) {
    return undo(chainAfter) ^ undo(CommitCodec.chain(body, offset, length, ChainHash.NONE));
  }

  private static long undo(long hash) {
    long h = (hash ^ (hash >>> 31) ^ (hash >>> 62)) * 0x319642b2d24d8ec3L;
    h = (h ^ (h >>> 27) ^ (h >>> 54)) * 0x96de1b173f119089L;
    return h ^ (h >>> 30) ^ (h >>> 60);
  }
}
