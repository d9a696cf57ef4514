package dev.tidemark.replication.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.v1.CutRun;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.RunBegin;
import dev.tidemark.replication.v1.RunEnd;
import dev.tidemark.replication.v1.RunPart;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import dev.tidemark.storage.run.RunWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is sent. The same run makes the same parts whenever it is read, so a peer that has
 * told what it got of it before a cut gets the rest, if the digest says that this is the same.
 */
final class OutgoingRun {
  private final Run run;
  private final long position;
  private final @Nullable Supplier<VersionVector> seen;
  private final ByteString coverage;
  private final ByteString floor;
  private final Consumer<Frame.Builder> out;

  /**
   * A run to send.
   *
   * @param seen of a whole state, what its store has seen; null for any other run
   * @param out sends a frame, and waits until there is room for it
   */
  OutgoingRun(
      Run run, long position, @Nullable Supplier<VersionVector> seen, Consumer<Frame.Builder> out) {
    this.run = run;
    this.position = position;
    this.seen = seen;
    this.coverage = Frames.bytes(run.coverage());
    this.floor = Frames.bytes(run.floor());
    this.out = out;
  }

  /**
   * Sends it.
   *
   * @param cut what the peer has told of a run that was cut off; of none by default
   */
  void send(CutRun cut) {
    long skipped = isBegunBy(cut) ? cut.getParts() : 0;
    out.accept(
        Frame.newBuilder()
            .setRunBegin(
                RunBegin.newBuilder()
                    .setCoverage(coverage)
                    .setPosition(position)
                    .setState(seen != null)
                    .setFloor(floor)
                    .setSkipped(skipped)));
    RunDigest digest = new RunDigest();
    RunWriter writer =
        new RunWriter(
            (array, offset, length) -> {
              digest.add(array, offset, length);
              if (digest.parts() > skipped) {
                send(Arrays.copyOfRange(array, offset, offset + length));
              }
            });
    write(writer);
    RunEnd.Builder end =
        RunEnd.newBuilder()
            .setParts(digest.parts())
            .setSha256(UnsafeByteOperations.unsafeWrap(digest.value()));
    if (seen != null) {
      end.setVector(Frames.bytes(seen.get()));
    }
    out.accept(Frame.newBuilder().setRunEnd(end));
  }

  private void send(byte[] part) {
    out.accept(
        Frame.newBuilder()
            .setRunPart(RunPart.newBuilder().setPayload(Payloads.pack(part, part.length))));
  }

  private void write(RunWriter writer) {
    try {
      RunRecords records = run.records();
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        writer.add(next);
      }
      writer.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the first parts of this run are what the peer has. */
  private boolean isBegunBy(CutRun cut) {
    return cut.getParts() > 0
        && cut.getCoverage().equals(coverage)
        && cut.getFloor().equals(floor)
        && Arrays.equals(cut.getSha256().toByteArray(), digestOf(cut.getParts()));
  }

  private byte[] digestOf(long parts) {
    RunDigest digest = new RunDigest();
    RunWriter writer =
        new RunWriter(
            (array, offset, length) -> {
              if (digest.parts() < parts) {
                digest.add(array, offset, length);
              }
            });
    try {
      RunRecords records = run.records();
      RunRecord next = records.next();
      while (next != null && digest.parts() < parts) {
        writer.add(next);
        next = records.next();
      }
      if (digest.parts() < parts) {
        writer.finish();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return digest.value();
  }
}
