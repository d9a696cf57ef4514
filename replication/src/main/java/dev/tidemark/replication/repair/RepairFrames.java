package dev.tidemark.replication.repair;

import com.google.protobuf.ByteString;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.KeySpan;
import dev.tidemark.replication.v1.RepairKeys;
import dev.tidemark.replication.v1.RepairMark;
import dev.tidemark.replication.v1.RepairMarks;
import dev.tidemark.replication.v1.RepairTile;
import dev.tidemark.replication.v1.RepairTiles;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.antientropy.KeyMark;
import dev.tidemark.storage.antientropy.KeyPage;
import dev.tidemark.storage.antientropy.Moment;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.KeyTile;
import java.util.ArrayList;
import java.util.List;

/** What repair says, to and from frames. What makes no sense ends the session by name. */
final class RepairFrames {
  private static final int HASH_BYTES = 32;

  private RepairFrames() {}

  static ByteString bytes(Bytes bytes) {
    return ByteString.copyFrom(bytes.array());
  }

  static Bytes bytes(ByteString bytes) {
    return Bytes.wrap(bytes.toByteArray());
  }

  static Bytes hash(ByteString bytes) {
    if (bytes.size() != HASH_BYTES) {
      throw malformed("hash", bytes.size());
    }
    return bytes(bytes);
  }

  static SessionEndedException malformed(String what, long value) {
    return new SessionEndedException(
        Reason.MALFORMED_FRAME,
        Problem.of("repair frame is malformed").with("field", what).with("value", value));
  }

  static KeySpan span(KeyRange range) {
    KeySpan.Builder span = KeySpan.newBuilder().setFrom(bytes(range.from()));
    Bytes to = range.to();
    if (to != null) {
      span.setTo(bytes(to));
    }
    return span.build();
  }

  static KeyRange range(KeySpan span) {
    return new KeyRange(bytes(span.getFrom()), span.hasTo() ? bytes(span.getTo()) : null);
  }

  static RepairTiles tiles(Bytes prefix, List<KeyTile> tiles, Floor floor) {
    RepairTiles.Builder frame =
        RepairTiles.newBuilder().setPrefix(bytes(prefix)).setFloor(Frames.bytes(floor));
    if (!tiles.isEmpty()) {
      Bytes end = tiles.get(tiles.size() - 1).range().to();
      frame.setSpan(span(new KeyRange(tiles.get(0).range().from(), end)));
    }
    for (KeyTile tile : tiles) {
      frame.addTiles(
          RepairTile.newBuilder()
              .setFrom(bytes(tile.range().from()))
              .setKeys(tile.keys())
              .setRoot(bytes(tile.root())));
    }
    return frame.build();
  }

  static List<KeyTile> tiles(RepairTiles frame) {
    int count = frame.getTilesCount();
    if (count > Moment.MOST_TILES) {
      throw malformed("tiles", count);
    }
    List<KeyTile> tiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RepairTile tile = frame.getTiles(i);
      Bytes to =
          i + 1 < count ? bytes(frame.getTiles(i + 1).getFrom()) : range(frame.getSpan()).to();
      KeyRange range = new KeyRange(bytes(tile.getFrom()), to);
      if (to != null && to.compareTo(range.from()) < 0) {
        throw malformed("tile", i);
      }
      tiles.add(new KeyTile(range, tile.getKeys(), hash(tile.getRoot()), true));
    }
    return tiles;
  }

  static RepairKeys keys(Bytes prefix, KeyRange range, Floor floor) {
    return RepairKeys.newBuilder()
        .setPrefix(bytes(prefix))
        .setFloor(Frames.bytes(floor))
        .setSpan(span(range))
        .build();
  }

  static RepairMarks marks(KeyPage page) {
    RepairMarks.Builder marks = RepairMarks.newBuilder().setLast(page.isLast());
    for (KeyMark mark : page.marks()) {
      marks.addMarks(
          RepairMark.newBuilder()
              .setKey(bytes(mark.key()))
              .setHash(bytes(mark.hash()))
              .setSound(mark.isSound()));
    }
    return marks.build();
  }

  static KeyPage marks(RepairMarks frame) {
    if (frame.getMarksCount() > Moment.MOST_KEYS) {
      throw malformed("marks", frame.getMarksCount());
    }
    List<KeyMark> marks = new ArrayList<>();
    for (RepairMark mark : frame.getMarksList()) {
      int length = mark.getKey().size();
      if (length == 0 || length > Limits.MAX_KEY_BYTES) {
        throw malformed("keyBytes", length);
      }
      marks.add(new KeyMark(bytes(mark.getKey()), hash(mark.getHash()), mark.getSound()));
    }
    return new KeyPage(marks, frame.getLast());
  }
}
