package dev.tidemark.replication.missing;

import java.util.Arrays;

/** What comes of a commit that did not come. */
sealed interface Verdict {
  /**
   * It is taken.
   *
   * @param commit as it is put together of what the peers have
   * @param isLost whether it says of some operations that nobody has them any more
   */
  record Take(byte[] commit, boolean isLost) implements Verdict {
    @Override
    public boolean equals(Object other) {
      return other instanceof Take take
          && isLost == take.isLost
          && Arrays.equals(commit, take.commit);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(commit);
    }
  }

  /** It is waited for. */
  record Wait(String why) implements Verdict {}
}
