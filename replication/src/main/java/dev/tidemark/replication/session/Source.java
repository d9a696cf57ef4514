package dev.tidemark.replication.session;

import com.google.protobuf.UnsafeByteOperations;
import dev.tidemark.Outflow;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.replication.v1.Commits;
import dev.tidemark.replication.v1.Decision;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.RunEnd;
import dev.tidemark.replication.v1.RunPart;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.run.RunWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a store sends to one peer: what that has not seen, in the order of the log. What was sent
 * counts as seen for this session; the next one asks the peer again. For one thread.
 */
final class Source implements AutoCloseable {
  private final Outflow outflow;
  private final Consumer<Frame.Builder> out;
  private final long own;
  private VersionVector theirs;
  private long ownReached;
  private boolean exhausted;
  private long states;

  /**
   * Begins to send: the decision first.
   *
   * @param out sends a frame, and waits until there is room for it
   */
  Source(Tidemark store, Pull pull, Consumer<Frame.Builder> out) {
    boolean once = pull.getOnce();
    long reached = pull.getReached();
    this.theirs = Frames.vector(pull.getVector());
    this.out = out;
    this.own = store.replicaId();
    Decision.Need need =
        switch (Outflow.need(store, theirs)) {
          case UP_TO_DATE -> Decision.Need.UP_TO_DATE;
          case SEGMENTS -> Decision.Need.SEGMENTS;
          case SNAPSHOT -> Decision.Need.SNAPSHOT;
        };
    // Up to an operation, what lies before it counts, and what the peer has does not tell that.
    this.outflow =
        once
            ? new Outflow(store, () -> this.theirs)
            : new Outflow(store, () -> this.theirs, reached);
    out.accept(Frame.newBuilder().setDecision(Decision.newBuilder().setNeed(need)));
  }

  /** How many whole states were sent. */
  long states() {
    return states;
  }

  /** Whether the last call sent nothing because nothing further is synced. */
  boolean isExhausted() {
    return exhausted;
  }

  /** The peer has so much, from wherever. */
  void know(VersionVector more) {
    theirs = Frames.join(theirs, more);
  }

  /**
   * Sends what there is, at most one batch or run; false if nothing further is synced.
   *
   * @param until this store's own operation to end behind, and before what it had not seen when it
   *     made it; what was folded together with it, and a state, is sent as a whole
   */
  boolean send(long until) {
    ByteWriter batch = new ByteWriter();
    long position = 0;
    while (ownReached < until && outflow.next() && outflow.kind() == Outflow.Kind.COMMIT) {
      CommitHeader header = outflow.header();
      boolean isOwn = header.origin() == own;
      if (isOwn && header.firstSequence() > until) {
        // The next call finds the same, and ends.
        break;
      }
      if (header.lastSequence() > theirs.get(header.origin())) {
        byte[] commit = outflow.bytes();
        if (batch.length() > 0 && batch.length() + commit.length > Bounds.BATCH_BYTES) {
          break;
        }
        batch.varint(commit.length).raw(commit, 0, commit.length);
        theirs = theirs.with(header.origin(), header.lastSequence());
      }
      position = outflow.position();
      ownReached = isOwn ? header.lastSequence() : ownReached;
      outflow.taken();
      if (batch.length() >= Bounds.BATCH_BYTES) {
        break;
      }
    }
    if (position > 0) {
      sendCommits(batch, position);
      return true;
    }
    exhausted = ownReached < until && !outflow.next();
    return ownReached < until
        && !exhausted
        && outflow.kind() != Outflow.Kind.COMMIT
        && sendRun(until);
  }

  private void sendCommits(ByteWriter batch, long position) {
    out.accept(
        Frame.newBuilder()
            .setCommits(
                Commits.newBuilder()
                    .setPayload(Payloads.pack(batch.buffer(), batch.length()))
                    .setPosition(position)));
  }

  private boolean sendRun(long until) {
    Run run = outflow.run();
    boolean state = outflow.kind() == Outflow.Kind.STATE;
    List<OriginCoverage> coverage = run.coverage();
    OriginCoverage ours = own(coverage);
    if (!state && ours != null && ours.before() >= until) {
      return false;
    }
    VersionVector after = Coverage.after(coverage);
    if (!theirs.dominates(after)) {
      out.accept(
          Frame.newBuilder()
              .setRunBegin(
                  RunBegin.newBuilder()
                      .setCoverage(Frames.bytes(coverage))
                      .setPosition(outflow.position())
                      .setState(state)
                      .setFloor(Frames.bytes(run.floor()))));
      sendRecords(run.records());
      theirs = theirs.join(after);
      states += state ? 1 : 0;
    }
    ownReached = ours == null ? ownReached : Math.max(ownReached, ours.after());
    outflow.taken();
    return true;
  }

  private @Nullable OriginCoverage own(List<OriginCoverage> coverage) {
    for (OriginCoverage of : coverage) {
      if (of.origin() == own) {
        return of;
      }
    }
    return null;
  }

  private void sendRecords(RunRecords records) {
    MessageDigest digest = sha256();
    long[] parts = {0};
    RunWriter writer =
        new RunWriter(
            (array, offset, length) -> {
              digest.update(array, offset, length);
              parts[0]++;
              byte[] plain = Arrays.copyOfRange(array, offset, offset + length);
              out.accept(
                  Frame.newBuilder()
                      .setRunPart(
                          RunPart.newBuilder().setPayload(Payloads.pack(plain, plain.length))));
            });
    try {
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        writer.add(next);
      }
      writer.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.accept(
        Frame.newBuilder()
            .setRunEnd(
                RunEnd.newBuilder()
                    .setParts(parts[0])
                    .setSha256(UnsafeByteOperations.unsafeWrap(digest.digest()))));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    outflow.close();
  }
}
