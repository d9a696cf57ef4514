package dev.tidemark.replication.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.CutRun;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.RunEnd;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.core.Reception;
import dev.tidemark.storage.handover.KeysOffer;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.RunBatch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as it comes over the wire. The store writes it aside part by part, and takes it as a whole
 * or not at all, when its digest is right. Where a session is cut off it stays as it is, and the
 * next one may go on with the part that comes next. Memory: one part.
 */
final class IncomingRun implements Leftovers.Leftover {
  private final ByteString coverage;
  private final ByteString floor;
  private final boolean resumable;
  private final @Nullable Reception into;
  private final RunDigest digest = new RunDigest();
  private @Nullable PackedRecord last;
  private boolean lastPart;
  private @Nullable VersionVector behind;

  /** A run that begins, into a store that may have no use for it. */
  IncomingRun(RunBegin begin, Tidemark store, long sender, BlobSource chunks) {
    this(
        begin,
        true,
        store.receive(
            Frames.coverage(begin.getCoverage()),
            Frames.floor(begin.getFloor()),
            Frames.interest(begin.getInterest()),
            sender,
            chunks));
  }

  private IncomingRun(RunBegin begin, boolean resumable, @Nullable Reception into) {
    this.coverage = begin.getCoverage();
    this.floor = begin.getFloor();
    this.resumable = resumable;
    this.into = into;
  }

  /** One of keys that a store is to hold and does not. */
  static IncomingRun ofKeys(
      RunBegin begin, Interest keys, Tidemark store, long sender, BlobSource chunks) {
    KeysOffer offer =
        new KeysOffer(
            Frames.coverage(begin.getCoverage()),
            Frames.floor(begin.getFloor()),
            Frames.interest(begin.getInterest()),
            keys);
    return new IncomingRun(begin, false, store.widen(offer, sender, chunks));
  }

  /** Takes the next frame of the run. */
  void take(Frame frame) {
    switch (frame.getKindCase()) {
      case RUN_PART -> part(Payloads.unpack(frame.getRunPart().getPayload()));
      case RUN_END -> end(frame.getRunEnd());
      default ->
          throw new SessionEndedException(
              Reason.UNEXPECTED_FRAME,
              Problem.of("frame inside a run").with("frame", frame.getKindCase()));
    }
  }

  private void part(byte[] plain) {
    if (lastPart) {
      throw malformed("run goes on behind its last part");
    }
    List<PackedRecord> records = Frames.checked(() -> RunBatch.decode(plain, 0, plain.length));
    for (PackedRecord next : records) {
      PackedRecord before = last;
      if (before != null && before.comparePlace(next) > 0) {
        throw malformed("records of a run are out of order");
      }
      last = next;
      if (into != null) {
        into.add(Frames.checked(next::decode));
      }
    }
    lastPart = records.isEmpty();
    digest.add(plain, 0, plain.length);
  }

  private void end(RunEnd end) {
    if (!lastPart
        || end.getParts() != digest.parts()
        || !Arrays.equals(end.getSha256().toByteArray(), digest.value())) {
      throw malformed("run is not what its end says");
    }
    behind = end.getVector().isEmpty() ? VersionVector.EMPTY : Frames.vector(end.getVector());
  }

  /** Whether all of it came. */
  boolean isEnded() {
    return behind != null;
  }

  /** What the peer had seen by its end: that follows. */
  VersionVector behind() {
    VersionVector all = behind;
    if (all == null) {
      throw Problem.of("run has not ended").broken();
    }
    return all;
  }

  /** Whether the store has a use for its rest, in another session. */
  boolean isWanted() {
    return into != null && resumable;
  }

  /** The store takes it; whether anything in it was new. */
  boolean finish() {
    return into != null && into.finish() != 0;
  }

  /** What to tell the sender, that it may go on where this ends. */
  CutRun cut() {
    return CutRun.newBuilder()
        .setCoverage(coverage)
        .setFloor(floor)
        .setParts(digest.parts())
        .setSha256(UnsafeByteOperations.unsafeWrap(digest.value()))
        .build();
  }

  /** Whether a run that begins leaves out just what is here. */
  boolean isContinuedBy(RunBegin begin) {
    return begin.getSkipped() == digest.parts()
        && begin.getCoverage().equals(coverage)
        && begin.getFloor().equals(floor);
  }

  @Override
  public void close() {
    if (into != null) {
      into.close();
    }
  }

  private SessionEndedException malformed(String title) {
    return new SessionEndedException(
        Reason.MALFORMED_FRAME, Problem.of(title).with("part", digest.parts()));
  }
}
