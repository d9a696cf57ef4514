package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.replication.v1.Commits;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The commits of a frame, of which each is taken when it may be, in their order. */
final class IncomingCommits {
  private final ByteReader in;
  private byte @Nullable [] next;
  private VersionVector taken = VersionVector.EMPTY;

  IncomingCommits(Commits commits) {
    this.in = new ByteReader(Payloads.unpack(commits.getPayload()));
  }

  /** Takes them up to the first that may not be taken yet; whether all are. */
  boolean take(Predicate<VersionVector> mayBeSeen, Consumer<byte[]> taking) {
    while (next != null || in.remaining() > 0) {
      byte[] commit = next == null ? read() : next;
      next = commit;
      CommitHeader header = CommitCodec.decodeHeader(new ByteReader(commit));
      if (!mayBeSeen.test(VersionVector.of(header.origin(), header.lastSequence()))) {
        return false;
      }
      taking.accept(commit);
      taken = taken.with(header.origin(), header.lastSequence());
      next = null;
    }
    return true;
  }

  private byte[] read() {
    return Frames.checked(() -> in.bytes("commit bytes", Limits.MAX_COMMIT_BYTES));
  }

  /** What of each replica was taken last. */
  VersionVector taken() {
    return taken;
  }
}
