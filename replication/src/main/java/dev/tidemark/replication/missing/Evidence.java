package dev.tidemark.replication.missing;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.commit.Withheld;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.replication.session.OperationsFound;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the peers of a store have told of a replica's commits that it lacks.
 *
 * <p>An operation on a key that the store holds is lost if its maker was retired and no member has
 * its delta or its effect: each has been asked since it has said in its log that it takes nothing
 * more from any that was retired, so none will have it later but from another of them. So all that
 * hold the key come to the same, whoever asks first: who says that it is lost has seen it from then
 * on, and passes that on.
 *
 * @param self the store's replica
 * @param held the keys that it holds
 * @param members those that it takes for members and not for retired; none if there is no cluster
 * @param forsaken those that were retired and from whom it takes nothing more, as it has said
 * @param replica whose commits it lacks
 * @param found what each peer has told
 */
record Evidence(
    long self,
    Interest held,
    Set<Long> members,
    Set<Long> forsaken,
    long replica,
    Map<Long, OperationsFound> found) {

  /** What comes of the commit that begins with a sequence. */
  Verdict of(long sequence) {
    byte[] given = merged(sequence);
    if (given == null) {
      return new Verdict.Wait("no member gives it");
    }
    // What else peers have of it is none of this store's.
    byte[] commit = PartialCommit.of(given, held);
    Commit decoded = CommitCodec.decode(commit, 0, commit.length);
    boolean isWhole = decoded.operations().stream().noneMatch(this::isLacked);
    boolean isLost = decoded.operations().stream().anyMatch(Evidence::isLost);
    if (isWhole && !isLost) {
      return new Verdict.Take(commit, false);
    }
    if (!forsaken.contains(replica)) {
      return new Verdict.Wait("its maker may bring it");
    }
    if (isWhole) {
      return new Verdict.Take(commit, false);
    }
    for (long member : asked()) {
      String why = mayHave(member, sequence, decoded);
      if (why != null) {
        return new Verdict.Wait(why + ": replica=" + ReplicaId.format(member));
      }
    }
    return new Verdict.Take(PartialCommit.lost(commit, held), true);
  }

  private boolean isLacked(Operation operation) {
    return operation.isOwed() && held.covers(operation.key());
  }

  private static boolean isLost(Operation operation) {
    Withheld withheld = operation.withheld();
    return withheld != null && withheld.isLost();
  }

  /** What members give of it: others cannot vouch for what was made by one that was retired. */
  private byte @Nullable [] merged(long sequence) {
    byte[] merged = null;
    for (var of : found.entrySet()) {
      byte[] commit = of.getValue().commits().get(sequence);
      if (commit != null && gives(of.getKey(), sequence)) {
        merged = merged == null ? commit : PartialCommit.merged(merged, commit);
      }
    }
    return merged;
  }

  /** Whether a peer gives something of a commit that counts. */
  boolean gives(long peer, long sequence) {
    OperationsFound told = found.get(peer);
    return told != null
        && told.commits().containsKey(sequence)
        && (members.isEmpty() || members.contains(peer));
  }

  /** All whom anybody takes for a member, but for those who were retired. */
  private Set<Long> asked() {
    Set<Long> asked = new HashSet<>(members);
    found.values().forEach(of -> asked.addAll(of.members()));
    asked.removeAll(forsaken);
    asked.remove(self);
    return asked;
  }

  /** Why it is not known that a member will never have what is lacking; null if it is. */
  private @Nullable String mayHave(long member, long sequence, Commit commit) {
    OperationsFound told = found.get(member);
    if (told == null) {
      return "a member does not answer";
    }
    // Who is not let in yet hears of its joining behind what is missing: it must not be waited for.
    if (!told.isOutside() && !told.forsaken().containsAll(forsaken)) {
      return "a member may take something from one that was retired";
    }
    if (told.seen() < sequence) {
      return null;
    }
    if (!told.commits().containsKey(sequence) && told.lookedUpTo() < sequence) {
      return "a member has not told yet";
    }
    boolean isInItsState =
        commit.operations().stream()
            .anyMatch(each -> isLacked(each) && told.interest().covers(each.key()));
    return isInItsState ? "a member has it in its state" : null;
  }
}
