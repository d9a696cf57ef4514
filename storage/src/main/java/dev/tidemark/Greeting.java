package dev.tidemark;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.membership.FenceWords;
import org.jspecify.annotations.Nullable;

/** What two stores of one process tell each other before one hands anything to the other. */
final class Greeting {
  private Greeting() {}

  /**
   * Each looks at the other before either is told anything, so two that retired each other both
   * hear of it.
   *
   * @throws NotMemberException if one of them cannot go on under its replica id; it refuses to
   *     write from now on
   * @throws SchemaMismatchException if their schemas differ for a prefix
   */
  static void exchange(Tidemark one, Tidemark other) {
    if (one == other) {
      return;
    }
    if (one.replicaId() == other.replicaId()) {
      throw Problem.of("both stores have one replica id")
          .with("replica", ReplicaId.format(one.replicaId()))
          .advise("one of them is a copy: give it a new replica id")
          .illegalArgument();
    }
    checkSchemas(one, other);
    @Nullable Expulsion ofOne = other.members().expulsion(one.replicaId(), one.vector());
    @Nullable Expulsion ofOther = one.members().expulsion(other.replicaId(), other.vector());
    tell(one, ofOne);
    tell(other, ofOther);
    checkOldCopy(one, other);
    checkOldCopy(other, one);
    checkForked(one, other);
    checkForked(other, one);
    refuse(one, ofOne);
    refuse(other, ofOther);
  }

  private static void checkSchemas(Tidemark one, Tidemark other) {
    for (Namespace ours : one.schema().namespaces()) {
      Namespace theirs = other.schema().withPrefix(ours.prefix());
      if (theirs != null && !theirs.equals(ours)) {
        throw new SchemaMismatchException(
            Problem.of("stores have different schemas")
                .with("prefix", ours.prefix())
                .with("theirs", theirs)
                .with("ours", ours)
                .advise("open both stores with the same prefixes"));
      }
    }
  }

  private static void tell(Tidemark store, @Nullable Expulsion expulsion) {
    if (expulsion != null) {
      store.members().withdraw();
    }
  }

  private static void refuse(Tidemark store, @Nullable Expulsion expulsion) {
    if (expulsion != null) {
      throw new NotMemberException(FenceWords.of(store.replicaId(), expulsion));
    }
  }

  /** Only what is synced is handed over: nobody has honestly seen more of a store than itself. */
  private static void checkOldCopy(Tidemark store, Tidemark peer) {
    long self = store.replicaId();
    // In this order: what the store makes meanwhile may have reached the peer.
    long seen = peer.vector().get(self);
    long made = store.vector().get(self);
    if (seen > made) {
      store.members().isOldCopy(seen);
      throw new NotMemberException(FenceWords.oldCopy(self, seen, made));
    }
  }

  private static void checkForked(Tidemark store, Tidemark peer) {
    long self = store.replicaId();
    for (OriginCoverage seen : peer.histories()) {
      if (store.members().isForked(seen)) {
        throw new NotMemberException(
            FenceWords.forked(self, seen.after(), store.vector().get(self)));
      }
    }
  }
}
