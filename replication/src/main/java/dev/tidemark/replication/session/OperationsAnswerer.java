package dev.tidemark.replication.session;

import dev.tidemark.MissingOperations;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.replication.v1.OperationsAnswer;
import dev.tidemark.replication.v1.OperationsRequest;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.storage.membership.MembershipReport;
import java.util.Set;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a peer what this store has of operations that did not come to it. */
final class OperationsAnswerer {
  private static final Logger LOG = LoggerFactory.getLogger(OperationsAnswerer.class);

  private final Tidemark store;
  private final LongPredicate isConnected;

  OperationsAnswerer(Tidemark store, LongPredicate isConnected) {
    this.store = store;
    this.isConnected = isConnected;
  }

  /**
   * Answers. In this order: once this store takes nothing more from who was retired, what it has
   * seen is all that it will have from themselves; and the keys that it holds when it has looked
   * are those that it may have more of than its log tells.
   */
  OperationsAnswer answer(Peer peer, OperationsRequest request) {
    forsake(peer, Frames.ids(request.getRetired()));
    MembershipReport report = store.members().report();
    long seen = store.vector().get(request.getReplicaId());
    MissingOperations found =
        MissingOperations.of(
            store,
            peer.interest(),
            request.getReplicaId(),
            request.getSequence(),
            Bounds.BATCH_BYTES);
    ByteWriter commits = new ByteWriter();
    for (byte[] commit : found.commits()) {
      commits.varint(commit.length).raw(commit, 0, commit.length);
    }
    return OperationsAnswer.newBuilder()
        .setId(request.getId())
        .setSeen(seen)
        .setCommits(Payloads.pack(commits.buffer(), commits.length()))
        .setLookedUpTo(found.lookedUpTo())
        .setMembers(Frames.ids(report.members()))
        .setForsaken(Frames.ids(report.forsaken()))
        .setInterest(Frames.bytes(store.interest()))
        .setOutside(report.ownRefusal())
        .build();
  }

  private void forsake(Peer peer, Set<Long> retired) {
    if (retired.isEmpty()) {
      return;
    }
    try {
      store.members().forsake(peer.replicaId(), retired, isConnected);
    } catch (TidemarkException full) {
      // Then it does not say so, and the peer waits.
      LOG.warn("retirement cannot be logged: detail={}", full.getMessage());
    }
  }
}
