package dev.tidemark.replication.repair;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.replication.v1.RepairCopy;
import dev.tidemark.replication.v1.RepairDiffering;
import dev.tidemark.replication.v1.RepairPiece;
import dev.tidemark.replication.v1.RepairReply;
import dev.tidemark.replication.v1.RepairRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.storage.antientropy.KeyCopy;
import dev.tidemark.storage.antientropy.KeyPage;
import dev.tidemark.storage.antientropy.Moment;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.KeyTile;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A moment that the peer holds, and is asked about. For one thread. */
final class RemoteMoment implements Moment {
  private static final int FRAMING_BYTES = 1 << 16;

  private final VersionVector vector;
  private final Floor floor;
  private final Function<RepairRequest.Builder, RepairReply> peer;

  /**
   * A moment the peer has told of.
   *
   * @param peer asks it something
   */
  RemoteMoment(
      VersionVector vector, Floor floor, Function<RepairRequest.Builder, RepairReply> peer) {
    this.vector = vector;
    this.floor = floor;
    this.peer = peer;
  }

  @Override
  public VersionVector vector() {
    return vector;
  }

  @Override
  public Floor floor() {
    return floor;
  }

  private RepairReply ask(RepairRequest.Builder request) {
    return peer.apply(request);
  }

  @Override
  public List<Integer> differing(Bytes prefix, List<KeyTile> tiles, Floor under) {
    RepairDiffering differing =
        ask(RepairRequest.newBuilder().setTiles(RepairFrames.tiles(prefix, tiles, under)))
            .getDiffering();
    for (int index : differing.getIndicesList()) {
      if (index < 0 || index >= tiles.size()) {
        throw RepairFrames.malformed("index", index);
      }
    }
    return differing.getIndicesList().stream().distinct().toList();
  }

  @Override
  public KeyPage keys(Bytes prefix, KeyRange range, Floor under) {
    KeyPage page =
        RepairFrames.marks(
            ask(RepairRequest.newBuilder().setKeys(RepairFrames.keys(prefix, range, under)))
                .getMarks());
    Bytes before = null;
    for (var mark : page.marks()) {
      Bytes to = range.to();
      boolean isInOrder = before == null || before.compareTo(mark.key()) < 0;
      boolean isInRange =
          range.from().compareTo(mark.key()) <= 0 && (to == null || mark.key().compareTo(to) < 0);
      if (!isInOrder || !isInRange) {
        throw RepairFrames.malformed("marks", page.marks().size());
      }
      before = mark.key();
    }
    return page;
  }

  @Override
  public @Nullable KeyCopy copy(Bytes prefix, Bytes key) {
    ByteWriter gathered = new ByteWriter();
    while (true) {
      RepairCopy request =
          RepairCopy.newBuilder()
              .setPrefix(RepairFrames.bytes(prefix))
              .setKey(RepairFrames.bytes(key))
              .setOffset(gathered.length())
              .build();
      RepairPiece piece = ask(RepairRequest.newBuilder().setCopy(request)).getPiece();
      if (!piece.getFound()) {
        return null;
      }
      byte[] bytes = Payloads.unpack(piece.getPayload());
      gathered.raw(bytes, 0, bytes.length);
      if (gathered.length() > 2 * MOST_KEY_BYTES + FRAMING_BYTES
          || (bytes.length == 0 && !piece.getLast())) {
        throw RepairFrames.malformed("piece", gathered.length());
      }
      if (piece.getLast()) {
        return new KeyCopy(decode(gathered.toByteArray()), floor);
      }
    }
  }

  private static KeyDelta decode(byte[] bytes) {
    return Frames.checked(
        () -> {
          ByteReader in = new ByteReader(bytes);
          KeyDelta state = KeyDelta.decode(in);
          in.expectEnd();
          return state;
        });
  }
}
