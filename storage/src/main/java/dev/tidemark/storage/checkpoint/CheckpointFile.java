package dev.tidemark.storage.checkpoint;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.format.FileKind;
import dev.tidemark.storage.format.SealedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The record of a checkpoint, under the header and footer of our files, with the checkpoint's uid
 * in the place of a store's id.
 *
 * <pre>
 *   id bytes, created i64, expected varint, u64 each in order,
 *   submissions varint, per member in order: snapshot u64, position i64, member u64, store id,
 *   vector, floor bytes, root
 *   complete u8: 1 the root follows
 * </pre>
 */
public final class CheckpointFile {
  private static final FileKind KIND = FileKind.of("checkpoint", "TMCP");
  private static final int MAX_ID_BYTES = 100;
  private static final int ROOT_BYTES = 32;

  private CheckpointFile() {}

  /** The bytes of the record. */
  public static byte[] encode(ClusterCheckpoint checkpoint) {
    ByteWriter out = new ByteWriter().bytes(Bytes.utf8(checkpoint.id()));
    out.i64(checkpoint.createdMillis()).varint(checkpoint.expected().size());
    checkpoint.expected().forEach(out::i64);
    out.varint(checkpoint.submissions().size());
    checkpoint.submissions().values().forEach(submission -> submission.encode(out));
    out.u8(checkpoint.isComplete() ? 1 : 0);
    checkpoint.root().ifPresent(root -> out.raw(root.array()));
    return SealedFile.seal(KIND, checkpoint.uid().array(), out);
  }

  /**
   * Reads what {@link #encode} wrote, and holds it to the same rules again.
   *
   * @throws DamagedException if it is cut or changed
   */
  static ClusterCheckpoint decode(Path file, byte[] bytes) {
    try {
      return decode(SealedFile.open(KIND, file, bytes, null));
    } catch (IllegalArgumentException | CheckpointRefusedException e) {
      // The bytes are as they were written, and nothing of ours wrote them.
      throw new MalformedException(
          Problem.of("checkpoint breaks its own rules").with("file", file).with("cause", e));
    }
  }

  private static ClusterCheckpoint decode(SealedFile sealed) {
    ByteReader in = sealed.content();
    String id = Bytes.wrap(in.bytes("checkpoint id", MAX_ID_BYTES)).toUtf8();
    long created = in.i64();
    List<Long> expected = new ArrayList<>();
    for (int left = in.items("members", Long.BYTES); left > 0; left--) {
      expected.add(in.i64());
    }
    Bytes uid = Bytes.wrap(sealed.storeId());
    ClusterCheckpoint checkpoint = ClusterCheckpoint.begin(id, uid, created, expected);
    for (int left = in.items("submissions", Submission.MIN_BYTES); left > 0; left--) {
      checkpoint = checkpoint.with(Submission.decode(in));
    }
    boolean complete = in.u8() == 1;
    Bytes root = complete ? Bytes.wrap(in.raw(ROOT_BYTES)) : Bytes.EMPTY;
    in.expectEnd();
    if (!checkpoint.root().orElse(Bytes.EMPTY).equals(root)) {
      throw new MalformedException(
          Problem.of("checkpoint has another root than its members give")
              .with("expected", checkpoint.root())
              .with("actual", root));
    }
    return checkpoint;
  }
}
