package dev.tidemark.replication.repair;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.RepairCopy;
import dev.tidemark.replication.v1.RepairDiffering;
import dev.tidemark.replication.v1.RepairKeys;
import dev.tidemark.replication.v1.RepairMoment;
import dev.tidemark.replication.v1.RepairPiece;
import dev.tidemark.replication.v1.RepairReply;
import dev.tidemark.replication.v1.RepairRequest;
import dev.tidemark.replication.v1.RepairTiles;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.storage.antientropy.KeyCopy;
import dev.tidemark.storage.antientropy.KeyPage;
import dev.tidemark.storage.antientropy.StateMoment;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers a peer that compares itself with this store: holds one moment for it at a time, and the
 * bytes of one key. For one thread.
 */
final class MomentServer implements AutoCloseable {
  private static final int PIECE_BYTES = 1 << 20;

  /**
   * How old a moment may become: long enough to compare hundreds of millions of keys, and an end to
   * what it keeps of log and state if the peer asks for ever.
   */
  static final Duration MOST_AGE = Duration.ofHours(1);

  private final Tidemark store;
  private final Interest theirs;
  private final Runnable pace;
  private final LongSupplier nanos;
  private long heldSince;
  private @Nullable StateMoment held;
  private @Nullable Bytes copied;
  private byte[] copy = new byte[0];

  /**
   * One that holds nothing yet.
   *
   * @param theirs what the peer is interested in
   * @param nanos the time in which moments age
   */
  MomentServer(Tidemark store, Interest theirs, Runnable pace, LongSupplier nanos) {
    this.store = store;
    this.theirs = theirs;
    this.pace = pace;
    this.nanos = nanos;
  }

  /** Whether it holds a moment. */
  boolean isHolding() {
    return held != null;
  }

  /** The answer to a request that is not the last one. */
  RepairReply.Builder answer(RepairRequest request) {
    RepairReply.Builder reply = RepairReply.newBuilder();
    return switch (request.getStepCase()) {
      case MOMENT -> reply.setMoment(begin());
      case TILES -> reply.setDiffering(differing(request.getTiles()));
      case KEYS -> reply.setMarks(RepairFrames.marks(keys(request.getKeys())));
      case COPY -> reply.setPiece(piece(request.getCopy()));
      case END, STEP_NOT_SET -> throw RepairFrames.malformed("step", request.getId());
    };
  }

  private RepairMoment begin() {
    close();
    StateMoment now = store.repairs().moment(theirs, pace);
    held = now;
    heldSince = nanos.getAsLong();
    return RepairMoment.newBuilder()
        .setVector(Frames.bytes(now.vector()))
        .setFloor(Frames.bytes(now.floor()))
        .build();
  }

  private StateMoment moment() {
    if (nanos.getAsLong() - heldSince > MOST_AGE.toNanos()) {
      close();
    }
    StateMoment now = held;
    if (now == null) {
      throw new RepairFailedException(
          Problem.of("no moment is held any more").advise("ask for it faster"));
    }
    return now;
  }

  private RepairDiffering differing(RepairTiles tiles) {
    return RepairDiffering.newBuilder()
        .addAllIndices(
            moment()
                .differing(
                    RepairFrames.bytes(tiles.getPrefix()),
                    RepairFrames.tiles(tiles),
                    Frames.floor(tiles.getFloor())))
        .build();
  }

  private KeyPage keys(RepairKeys keys) {
    return moment()
        .keys(
            RepairFrames.bytes(keys.getPrefix()),
            RepairFrames.range(keys.getSpan()),
            Frames.floor(keys.getFloor()));
  }

  private RepairPiece piece(RepairCopy wanted) {
    Bytes key = RepairFrames.bytes(wanted.getKey());
    if (wanted.getOffset() == 0) {
      forget();
      KeyCopy whole = moment().copy(RepairFrames.bytes(wanted.getPrefix()), key);
      if (whole == null) {
        return RepairPiece.getDefaultInstance();
      }
      copy = whole.state().toByteArray();
      copied = key;
    }
    long offset = wanted.getOffset();
    Bytes of = copied;
    if (of == null || !of.equals(key) || offset < 0 || offset > copy.length) {
      throw RepairFrames.malformed("offset", offset);
    }
    int from = (int) offset;
    int to = Math.min(copy.length, from + PIECE_BYTES);
    byte[] bytes = Arrays.copyOfRange(copy, from, to);
    boolean isLast = to == copy.length;
    if (isLast) {
      forget();
    }
    return RepairPiece.newBuilder()
        .setFound(true)
        .setPayload(Payloads.pack(bytes, bytes.length))
        .setLast(isLast)
        .build();
  }

  private void forget() {
    copied = null;
    copy = new byte[0];
  }

  @Override
  public void close() {
    forget();
    StateMoment before = held;
    held = null;
    if (before != null) {
      before.close();
    }
  }
}
