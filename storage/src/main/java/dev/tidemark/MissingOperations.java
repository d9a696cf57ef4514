package dev.tidemark;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.log.TruncatedException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a store has of operations that another one misses, beside what it gives it in order.
 *
 * @param commits a replica's commits as they lie in the log by themselves, without what the other
 *     has no interest in
 * @param lookedUpTo the last sequence that was looked for: what was seen up to there, and is not
 *     among the commits, is in no commit of the log
 */
public record MissingOperations(List<byte[]> commits, long lookedUpTo) {
  /**
   * Looks for a replica's commits from a sequence on, among those that are synced.
   *
   * @param wanted the other's interest
   * @param sequence the first sequence of a commit
   * @param most so many bytes, or one commit
   */
  public static MissingOperations of(
      Tidemark store, Interest wanted, long replica, long sequence, int most) {
    VersionVector seen = store.vector();
    long last = seen.get(replica);
    List<byte[]> found = new ArrayList<>();
    long next = sequence;
    if (last < sequence) {
      return new MissingOperations(found, sequence - 1);
    }
    VersionVector before = seen.without(replica);
    before = sequence > 1 ? before.with(replica, sequence - 1) : before;
    try (CommitStream in = store.commitsLogged(before)) {
      long bytes = 0;
      while (in != null && next <= last && in.next()) {
        if (in.isRun()) {
          next = Math.max(next, behind(in.run().coverage(), replica));
          continue;
        }
        CommitHeader header = in.header();
        if (header.origin() != replica || header.firstSequence() < next) {
          continue;
        }
        byte[] commit = PartialCommit.of(in.bytes(), wanted);
        if (!found.isEmpty() && bytes + commit.length > most) {
          break;
        }
        found.add(commit);
        bytes += commit.length;
        next = header.lastSequence() + 1;
      }
    } catch (TruncatedException cut) {
      // The store lets go of it just now.
    }
    return new MissingOperations(found, next - 1);
  }

  private static long behind(List<OriginCoverage> coverage, long replica) {
    return Coverage.after(coverage).get(replica) + 1;
  }
}
