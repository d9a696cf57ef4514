package dev.tidemark;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.storage.log.TruncatedException;
import java.util.ArrayList;
import java.util.List;

/** What a store has of operations that another one misses, beside what it gives it in order. */
public final class MissingOperations {
  private MissingOperations() {}

  /**
   * A replica's commits from a sequence on, as the store has them, in their order: those that are
   * synced, follow each other, and lie in the log by themselves. None if the first does not.
   *
   * @param sequence the first sequence of a commit
   * @param most so many bytes, or one commit
   */
  public static List<byte[]> of(Tidemark store, long replica, long sequence, int most) {
    VersionVector seen = store.vector();
    long last = seen.get(replica);
    VersionVector before = seen.without(replica);
    before = sequence > 1 ? before.with(replica, sequence - 1) : before;
    List<byte[]> found = new ArrayList<>();
    if (last < sequence) {
      return found;
    }
    try (CommitStream in = store.commitsLogged(before)) {
      long next = sequence;
      long bytes = 0;
      while (in != null && next <= last && bytes < most && in.next()) {
        if (in.isRun()) {
          continue;
        }
        CommitHeader header = in.header();
        if (header.origin() == replica && header.firstSequence() == next) {
          byte[] commit = in.bytes();
          found.add(commit);
          bytes += commit.length;
          next = header.lastSequence() + 1;
        }
      }
    } catch (TruncatedException cut) {
      // The store lets go of it just now.
    }
    return found;
  }
}
