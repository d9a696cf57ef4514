package dev.tidemark.replication.session;

import dev.tidemark.MissingOperations;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.replication.v1.OperationsAnswer;
import dev.tidemark.replication.v1.OperationsRequest;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.storage.membership.MembershipReport;
import java.util.function.LongPredicate;

/** Tells a peer what this store has of operations that did not come to it. */
final class OperationsAnswerer {
  private final Tidemark store;
  private final LongPredicate isConnected;

  OperationsAnswerer(Tidemark store, LongPredicate isConnected) {
    this.store = store;
    this.isConnected = isConnected;
  }

  /**
   * Answers. In this order: once this store takes nothing more from who was retired, what it has
   * seen of them is all that it will have from themselves.
   */
  OperationsAnswer answer(OperationsRequest request) {
    Retirements.follow(store, Frames.ids(request.getRetired()), isConnected);
    MembershipReport report = store.members().report();
    long seen = store.vector().get(request.getReplicaId());
    ByteWriter commits = new ByteWriter();
    for (byte[] commit :
        MissingOperations.of(
            store, request.getReplicaId(), request.getSequence(), Bounds.BATCH_BYTES)) {
      commits.varint(commit.length).raw(commit, 0, commit.length);
    }
    return OperationsAnswer.newBuilder()
        .setId(request.getId())
        .setSeen(seen)
        .setCommits(Payloads.pack(commits.buffer(), commits.length()))
        .setMembers(Frames.ids(report.members()))
        .setRetired(Frames.ids(report.retired()))
        .build();
  }
}
