package dev.tidemark.storage.membership;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.engine.stability.Refusal;
import dev.tidemark.engine.stability.Retirement;
import dev.tidemark.engine.stability.Roster;
import dev.tidemark.error.Problem;

/** How a store that cannot go on, or whose operations are not let in, is told so. */
public final class FenceWords {
  private static final String REISSUE =
      "; `tidemark members NEW --reissue OLD` makes anew there what only this one has";

  private static final String BEHIND_BACKS =
      "it was restored or copied behind its peers' backs: begin a new store, and have it"
          + " admitted if they are a cluster; what this one made since, `tidemark log --json`"
          + " lists, to be issued anew there";

  private FenceWords() {}

  /** Why a store refuses its own updates. */
  public static Problem of(long self, Refusal refusal, Roster roster) {
    if (refusal == Refusal.STRANGER) {
      return Problem.of("this store is no member of its cluster")
          .with("replica", ReplicaId.format(self))
          .advise(
              "have a member admit it, `tidemark members URL --admit "
                  + ReplicaId.format(self)
                  + "`, and exchange with that one first");
    }
    if (refusal == Refusal.EARLY) {
      return Problem.of("this store wrote before it was let into its cluster")
          .with("replica", ReplicaId.format(self))
          .advise(
              "its values can be read; to write, begin a new store, have it admitted and this one"
                  + " retired"
                  + REISSUE);
    }
    Problem problem =
        Problem.of("this store was retired from its cluster")
            .with("replica", ReplicaId.format(self));
    for (Retirement retirement : roster.retirements()) {
      if (retirement.replica() == self) {
        problem.with("by", format(retirement.by()));
      }
    }
    return problem.advise(
        "its values can be read; to write, begin a new store and have it admitted" + REISSUE);
  }

  /** Why a store refuses its own updates when others know more of it than it does itself. */
  public static Problem oldCopy(long self, long seen, long made) {
    return Problem.of("this store is an old copy of itself")
        .with("replica", ReplicaId.format(self))
        .with("seen", seen)
        .with("made", made)
        .advise(BEHIND_BACKS);
  }

  /** The same, where it has made others under the numbers of those that it does not know. */
  public static Problem forked(long self, long seen, long made) {
    return Problem.of("this store is an old copy of itself that was written to")
        .with("replica", ReplicaId.format(self))
        .with("seen", seen)
        .with("made", made)
        .advise(BEHIND_BACKS);
  }

  /** Why a store that is met cannot go on. */
  public static Problem of(long peer, Expulsion expulsion) {
    Problem problem =
        Problem.of(
                expulsion.isOf(peer)
                    ? "replica was retired"
                    : "replica has listened to one that was retired")
            .with("replica", ReplicaId.format(peer))
            .with("by", format(expulsion.retirement().by()))
            .with("taken", expulsion.taken());
    if (!expulsion.isOf(peer)) {
      problem.with("retired", ReplicaId.format(expulsion.retirement().replica()));
    }
    return problem.advise(
        "begin a new store in its place and have it admitted; `tidemark members NEW --reissue OLD`"
            + " makes anew there what only the old one has");
  }

  /** Why an operation is not let in. */
  public static Problem of(Refusal refusal, long origin, long sequence, long sender) {
    return Problem.of(
            switch (refusal) {
              case STRANGER -> "operation is of a replica that is no member";
              case EARLY -> "operation was made before its replica was let in";
              case RETIRED -> "operation is of a replica that was retired";
              case OUTDATED -> "operation is older than what its members have forgotten";
            })
        .with("origin", ReplicaId.format(origin))
        .with("sequence", sequence)
        .with("sender", ReplicaId.format(sender))
        .advise(
            switch (refusal) {
              case STRANGER -> "have a member admit it: `tidemark members DIR --admit ID`";
              case EARLY ->
                  "retire it, begin its store anew under another id, and make anew what only it has:"
                      + " `tidemark members NEW --reissue OLD`";
              case RETIRED ->
                  "a member makes anew what only that one has: `tidemark members DIR --reissue OLD`";
              case OUTDATED ->
                  "its store was restored from an old copy: begin it anew under another id, and"
                      + " issue anew what only it has: `tidemark log --json` lists it";
            });
  }

  private static String format(Dot dot) {
    return ReplicaId.format(dot.replica()) + "#" + dot.sequence();
  }
}
