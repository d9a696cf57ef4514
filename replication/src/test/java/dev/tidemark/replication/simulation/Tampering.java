package dev.tidemark.replication.simulation;

import com.google.protobuf.ByteString;
import dev.tidemark.Outflow;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Payloads;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.RunBatch;
import dev.tidemark.storage.run.RunWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the frames of a sound session those of a broken one. */
final class Tampering {
  private static final int SKIPS_ONE_IN = 40;

  private final Breakage breakage;
  private final Map<Node, MessageDigest> digests = new HashMap<>();

  Tampering(Breakage breakage) {
    this.breakage = breakage;
  }

  byte[] passed(byte[] bytes, long number, Node from, Node to, World world) {
    if (breakage == Breakage.NONE) {
      return bytes;
    }
    Frame frame = Frames.read(bytes, Integer.MAX_VALUE, number);
    Frame.Builder changed = frame.toBuilder();
    boolean isChanged =
        switch (breakage) {
          case NONE -> false;
          case EARLY_ACKNOWLEDGEMENT -> acknowledgesEarly(changed, from);
          case SKIPPED_COMMIT -> world.oneIn(SKIPS_ONE_IN) && skips(changed);
          case IGNORED_CUT -> ignoresCut(changed, to);
          case RESURRECTED_KEY -> resurrects(changed, from);
        };
    return isChanged ? Frames.seal(changed.build(), number) : bytes;
  }

  private static boolean acknowledgesEarly(Frame.Builder frame, Node from) {
    if (!frame.hasAck()) {
      return false;
    }
    frame.getAckBuilder().setVector(Frames.bytes(from.store().vector()));
    return true;
  }

  private static boolean skips(Frame.Builder frame) {
    if (!frame.hasCommits()) {
      return false;
    }
    byte[] plain = Payloads.unpack(frame.getCommits().getPayload());
    ByteReader in = new ByteReader(plain);
    ByteWriter rest = new ByteWriter();
    while (in.remaining() > 0) {
      byte[] commit = in.bytes("commit", Limits.MAX_COMMIT_BYTES);
      if (in.remaining() > 0) {
        rest.varint(commit.length).raw(commit, 0, commit.length);
      }
    }
    frame.getCommitsBuilder().setPayload(Payloads.pack(rest.buffer(), rest.length()));
    return true;
  }

  private static boolean ignoresCut(Frame.Builder frame, Node to) {
    if (!frame.hasPull()) {
      return false;
    }
    VersionVector asked = Frames.vector(frame.getPull().getVector());
    if (!to.isUp() || Outflow.need(to.store(), Interest.ALL, asked) != Outflow.Need.SNAPSHOT) {
      return false;
    }
    frame.getPullBuilder().setVector(Frames.bytes(asked.join(to.seen)));
    return true;
  }

  private boolean resurrects(Frame.Builder frame, Node from) {
    switch (frame.getKindCase()) {
      case RUN_BEGIN -> {
        digests.put(from, sha256());
        return false;
      }
      case RUN_PART -> {
        byte[] plain = Payloads.unpack(frame.getRunPart().getPayload());
        byte[] rest = withoutSets(plain);
        digests.get(from).update(rest);
        frame.getRunPartBuilder().setPayload(Payloads.pack(rest, rest.length));
        return true;
      }
      case RUN_END -> {
        frame.getRunEndBuilder().setSha256(ByteString.copyFrom(digests.get(from).digest()));
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  /** The same batch without what it says of the sets. */
  private static byte[] withoutSets(byte[] plain) {
    List<PackedRecord> records = RunBatch.decode(plain, 0, plain.length);
    byte[][] batch = {plain};
    if (!records.isEmpty()) {
      batch[0] = null;
      try {
        RunWriter writer =
            new RunWriter(
                (array, offset, length) -> {
                  if (batch[0] == null) {
                    batch[0] = Arrays.copyOfRange(array, offset, offset + length);
                  }
                });
        for (PackedRecord record : records) {
          if (!record.decode().key().toString().startsWith("set/")) {
            writer.add(record);
          }
        }
        writer.finish();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return batch[0];
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
