package dev.tidemark.replication.session;

import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.RunEnd;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.RunBatch;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run as it comes over the wire: its records are given while its parts arrive, and it ends only
 * when its digest is right. The store writes it aside meanwhile and takes it as a whole or not at
 * all. Memory: one batch.
 */
final class IncomingRun implements Run {
  private final List<OriginCoverage> coverage;
  private final Floor floor;
  private final Supplier<Frame> frames;
  private final MessageDigest digest = Source.sha256();
  private Iterator<PackedRecord> batch = List.<PackedRecord>of().iterator();
  private @Nullable PackedRecord last;
  private long parts;
  private boolean begun;
  private boolean ended;
  private boolean lastPart;

  /**
   * A run that begins.
   *
   * @param frames waits for the next frame of the run
   */
  IncomingRun(RunBegin begin, Supplier<Frame> frames) {
    this.coverage = Frames.coverage(begin.getCoverage());
    this.floor = Frames.floor(begin.getFloor());
    this.frames = frames;
  }

  @Override
  public List<OriginCoverage> coverage() {
    return coverage;
  }

  @Override
  public Floor floor() {
    return floor;
  }

  @Override
  public RunRecords records() {
    if (begun) {
      throw Problem.of("records of a run come once").broken();
    }
    begun = true;
    return this::next;
  }

  private @Nullable RunRecord next() {
    while (!batch.hasNext()) {
      if (ended) {
        return null;
      }
      read(frames.get());
    }
    PackedRecord next = batch.next();
    PackedRecord before = last;
    if (before != null && before.comparePlace(next) > 0) {
      throw malformed("records of a run are out of order");
    }
    last = next;
    return Frames.checked(next::decode);
  }

  private void read(Frame frame) {
    switch (frame.getKindCase()) {
      case RUN_PART -> {
        if (lastPart) {
          throw malformed("run goes on behind its last part");
        }
        byte[] plain = Payloads.unpack(frame.getRunPart().getPayload());
        digest.update(plain);
        parts++;
        List<PackedRecord> records = Frames.checked(() -> RunBatch.decode(plain, 0, plain.length));
        lastPart = records.isEmpty();
        batch = records.iterator();
      }
      case RUN_END -> end(frame.getRunEnd());
      default ->
          throw new SessionEndedException(
              Reason.UNEXPECTED_FRAME,
              Problem.of("frame inside a run").with("frame", frame.getKindCase()));
    }
  }

  private void end(RunEnd end) {
    if (!lastPart
        || end.getParts() != parts
        || !Arrays.equals(end.getSha256().toByteArray(), digest.digest())) {
      throw malformed("run is not what its end says");
    }
    ended = true;
  }

  /** Passes over what the store did not want. */
  void drain() {
    while (!ended) {
      read(frames.get());
    }
  }

  private SessionEndedException malformed(String title) {
    return new SessionEndedException(Reason.MALFORMED_FRAME, Problem.of(title).with("part", parts));
  }
}
