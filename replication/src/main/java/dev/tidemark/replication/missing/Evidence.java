package dev.tidemark.replication.missing;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.replication.session.OperationsFound;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the peers of a store have told of a replica's commits that it lacks.
 *
 * <p>An operation on a key that the store holds is lost if its maker was retired and no member that
 * holds the key has it: each has been asked since it takes nothing more from who was retired, so
 * none will have it later than from another of them. So all that hold the key come to the same,
 * whoever asks first: who says that it is lost has seen it from then on, and passes that on.
 *
 * @param self the store's replica
 * @param held the keys that it holds
 * @param members the others that it takes for members and not for retired
 * @param retired those that it takes for retired
 * @param replica whose commits it lacks
 * @param found what each peer has told
 * @param interests the keys that each of these holds
 */
record Evidence(
    long self,
    Interest held,
    Set<Long> members,
    Set<Long> retired,
    long replica,
    Map<Long, OperationsFound> found,
    Map<Long, Interest> interests) {

  /** What comes of the commit that begins with a sequence. */
  Verdict of(long sequence) {
    byte[] commit = merged(sequence);
    if (commit == null) {
      return new Verdict.Wait("nobody gives it");
    }
    if (!PartialCommit.lacks(commit, 0, commit.length, held)) {
      return new Verdict.Take(commit, false);
    }
    if (!retired.contains(replica)) {
      return new Verdict.Wait("its maker may bring it");
    }
    for (long member : asked()) {
      String why = missing(member, sequence, commit);
      if (why != null) {
        return new Verdict.Wait(why + ": replica=" + ReplicaId.format(member));
      }
    }
    return new Verdict.Take(PartialCommit.lost(commit, held), true);
  }

  private byte @Nullable [] merged(long sequence) {
    byte[] merged = null;
    for (OperationsFound of : found.values()) {
      byte[] commit = of.commits().get(sequence);
      if (commit != null) {
        merged = merged == null ? commit : PartialCommit.merged(merged, commit);
      }
    }
    return merged;
  }

  /** All whom anybody takes for a member, but for those who were retired. */
  private Set<Long> asked() {
    Set<Long> asked = new HashSet<>(members);
    found.values().forEach(of -> asked.addAll(of.members()));
    asked.removeAll(retired);
    asked.remove(self);
    return asked;
  }

  /** Why it is not known that a member will never have what a commit lacks; null if it is. */
  private @Nullable String missing(long member, long sequence, byte[] commit) {
    OperationsFound told = found.get(member);
    if (told == null) {
      return "a member does not answer";
    }
    if (!Collections.disjoint(told.members(), retired)) {
      return "a member may take something from one that was retired";
    }
    boolean isGiven = told.commits().containsKey(sequence);
    if (told.seen() >= sequence && !isGiven && isOwed(commit, interests.get(member))) {
      return "a member has it, and gives it in its order";
    }
    return null;
  }

  private boolean isOwed(byte[] bytes, @Nullable Interest theirs) {
    Commit commit = CommitCodec.decode(bytes, 0, bytes.length);
    for (Operation operation : commit.operations()) {
      if (operation.isOwed()
          && held.covers(operation.key())
          && (theirs == null || theirs.covers(operation.key()))) {
        return true;
      }
    }
    return false;
  }
}
