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
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run as it is sent, frame by frame. The same run makes the same parts whenever it is read, so a
 * peer that has told what it got of it before a cut gets the rest, if the digest says that this is
 * the same. Memory: two parts.
 */
final class OutgoingRun {
  private final Run run;
  private final long position;
  private final boolean wider;
  private final @Nullable Supplier<VersionVector> seen;
  private final CutRun cut;
  private final ByteString coverage;
  private final ByteString floor;
  private final Consumer<Frame.Builder> out;
  private final RunDigest digest = new RunDigest();
  private final RunWriter writer = new RunWriter(this::part);
  private final Deque<byte[]> parts = new ArrayDeque<>();
  private @Nullable RunRecords records;
  private long skipped;
  private boolean written;
  private boolean sent;

  /**
   * A run to send.
   *
   * @param seen of a whole state, what its store has seen; null for any other run
   * @param cut what the peer has told of a run that was cut off; of none by default
   * @param out sends a frame, and waits until there is room for it
   */
  OutgoingRun(
      Run run,
      long position,
      @Nullable Supplier<VersionVector> seen,
      CutRun cut,
      Consumer<Frame.Builder> out) {
    this(run, position, false, seen, cut, out);
  }

  private OutgoingRun(
      Run run,
      long position,
      boolean wider,
      @Nullable Supplier<VersionVector> seen,
      CutRun cut,
      Consumer<Frame.Builder> out) {
    this.wider = wider;
    this.run = run;
    this.position = position;
    this.seen = seen;
    this.cut = cut;
    this.coverage = Frames.bytes(run.coverage());
    this.floor = Frames.bytes(run.floor());
    this.out = out;
  }

  /** One of the keys that a peer has asked for. */
  static OutgoingRun ofKeys(Run keys, Consumer<Frame.Builder> out) {
    return new OutgoingRun(keys, 0, true, null, CutRun.getDefaultInstance(), out);
  }

  /** Sends its next frame; false if that was the last one. */
  boolean sendNext() {
    RunRecords from = records;
    if (from == null) {
      begin();
      return true;
    }
    while (parts.isEmpty() && !written) {
      write(from);
    }
    byte[] part = parts.poll();
    if (part == null) {
      end();
      return false;
    }
    out.accept(
        Frame.newBuilder()
            .setRunPart(RunPart.newBuilder().setPayload(Payloads.pack(part, part.length))));
    return true;
  }

  /** Whether its last frame is sent. */
  boolean isSent() {
    return sent;
  }

  private void begin() {
    skipped = isBegunBy() ? cut.getParts() : 0;
    out.accept(
        Frame.newBuilder()
            .setRunBegin(
                RunBegin.newBuilder()
                    .setCoverage(coverage)
                    .setPosition(position)
                    .setState(seen != null)
                    .setWider(wider)
                    .setFloor(floor)
                    .setInterest(Frames.bytes(run.interest()))
                    .setSkipped(skipped)));
    records = run.records();
  }

  private void write(RunRecords from) {
    try {
      RunRecord next = from.next();
      if (next == null) {
        writer.finish();
        written = true;
      } else {
        writer.add(next);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void part(byte[] array, int offset, int length) {
    digest.add(array, offset, length);
    if (digest.parts() > skipped) {
      parts.add(Arrays.copyOfRange(array, offset, offset + length));
    }
  }

  private void end() {
    RunEnd.Builder end =
        RunEnd.newBuilder()
            .setParts(digest.parts())
            .setSha256(UnsafeByteOperations.unsafeWrap(digest.value()));
    if (seen != null) {
      end.setVector(Frames.bytes(seen.get()));
    }
    out.accept(Frame.newBuilder().setRunEnd(end));
    sent = true;
  }

  /** Whether the first parts of this run are what the peer has. */
  private boolean isBegunBy() {
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
