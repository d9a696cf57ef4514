package dev.tidemark.storage.core;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.error.RefusedCommitException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.state.OriginRow;

/**
 * What a commit of another replica must be before it is logged: next in its origin's order, caused
 * only by what is here already, part of the history of it that is known here, of the same schema,
 * and not from the future. Decides and changes nothing.
 */
public final class Intake {
  private final Schema schema;
  private final InterestGate gate;
  private final DriftBound drift;
  private final long self;

  /** The rule of a store: its schema, what it holds, its bound on drift, and who it is itself. */
  public Intake(Schema schema, InterestGate gate, Options options, long self) {
    this.schema = schema;
    this.gate = gate;
    this.drift = new DriftBound(options);
    this.self = self;
  }

  /** Whether the commit is new; false if it is here already. */
  public static boolean isNew(CommitHeader header, Origins origins) {
    OriginRow row = origins.row(header.origin());
    if (header.lastSequence() == row.sequence() && header.chain() != row.chain()) {
      throw otherHistory(header, row.chain());
    }
    return header.lastSequence() > row.sequence();
  }

  /**
   * Refuses a new commit that cannot be logged next.
   *
   * @throws RefusedCommitException if its origin's history or its causes do not let it
   * @throws SchemaMismatchException if it is of another schema
   * @throws dev.tidemark.error.OutsideInterestException if it is of a key that is let in nowhere
   */
  public void check(Commit commit, byte[] bytes, Origins origins, long sender) {
    CommitHeader header = commit.header();
    OriginRow row = origins.row(header.origin());
    if (header.origin() == self) {
      throw new RefusedCommitException(
          refused("commit claims to be this replica's own and is not in its log", header)
              .advise(
                  "this store was restored or copied behind its peers' backs; give it a new replica id"));
    }
    if (header.firstSequence() <= row.sequence()) {
      throw otherHistory(header, row.chain());
    }
    if (header.firstSequence() != row.sequence() + 1) {
      throw new RefusedCommitException(
          refused("commit leaves a gap in its origin's order", header)
              .with("expected", row.sequence() + 1)
              .advise("send what lies between first"));
    }
    checkRoom(header, origins);
    checkCauses(header, origins);
    long chain = CommitCodec.chain(bytes, 0, bytes.length, row.chain());
    if (chain != header.chain()) {
      throw otherHistory(header, chain);
    }
    if (header.stamp() <= row.lastStamp()) {
      throw new RefusedCommitException(
          refused("commit is stamped before its origin's last", header)
              .with("stamp", header.stamp())
              .with("last", row.lastStamp())
              .advise("the origin's clock has gone back; nothing it makes can be ordered"));
    }
    if (sender == header.origin()) {
      checkDrift(header);
    }
    checkInterest(commit);
    for (Operation operation : commit.operations()) {
      if (!schema.of(operation.key()).equals(operation.namespace())) {
        throw new SchemaMismatchException(
            Problem.of("commit uses another schema")
                .with("key", operation.key())
                .with("theirs", operation.namespace())
                .with("ours", schema.of(operation.key()))
                .with("origin", ReplicaId.format(header.origin()))
                .advise("open both stores with the same prefixes"));
      }
    }
  }

  /** The chain has told by now that what is withheld is of the keys that the commit says. */
  private void checkInterest(Commit commit) {
    Operation owed = InterestGate.owed(commit, gate.interest());
    if (owed != null) {
      throw new RefusedCommitException(
          refused("commit withholds what this store holds", commit.header())
              .with("key", owed.key())
              .with("held", gate.interest())
              .advise("take it from a store that holds all of these keys"));
    }
    commit.held().forEach(operation -> gate.require(operation.key()));
  }

  private static void checkRoom(CommitHeader header, Origins origins) {
    if (header.firstSequence() == 1 && origins.size() >= Limits.MAX_REPLICAS) {
      throw new RefusedCommitException(
          refused("commit is of one replica more than a store takes", header)
              .with("limit", Limits.MAX_REPLICAS)
              .advise("somebody makes up replicas: find who, and retire it"));
    }
  }

  private static void checkCauses(CommitHeader header, Origins origins) {
    VersionVector summary = header.summary();
    for (int i = 0; i < summary.size(); i++) {
      long cause = summary.replicaAt(i);
      long seen = origins.row(cause).sequence();
      if (seen < summary.sequenceAt(i)) {
        throw new RefusedCommitException(
            refused("commit comes before its causes", header)
                .with("cause", ReplicaId.format(cause) + "#" + summary.sequenceAt(i))
                .with("seen", seen)
                .advise("send commits in the order of the sender's log"));
      }
    }
  }

  /** Only where the author itself speaks: what others accepted must not be dropped on its way. */
  private void checkDrift(CommitHeader header) {
    if (drift.isExceeded(header.lastStamp())) {
      throw new RefusedCommitException(
          drift.explain(refused("commit is from the future", header), header.lastStamp()));
    }
  }

  private static RefusedCommitException otherHistory(CommitHeader header, long expected) {
    return RefusedCommitException.ofFork(
        refused("commit belongs to another history of its origin", header)
            .with("chain", Long.toHexString(header.chain()))
            .with("expected", Long.toHexString(expected))
            .advise("the origin's history has forked, or the commit was altered on its way"));
  }

  private static Problem refused(String title, CommitHeader header) {
    return Problem.of(title)
        .with("origin", ReplicaId.format(header.origin()))
        .with("sequence", header.firstSequence());
  }
}
