package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.error.Problem;
import org.jspecify.annotations.Nullable;

/** Copies what is missing of one value, from its root down. */
final class Fetch {
  /** How many chunks are announced ahead of the one that is asked for. */
  private static final int AHEAD = 7;

  private final TreeReader tree;
  private final BlobSource source;
  private final ChunkWriter writer;
  private final boolean verified;
  private final byte[] content = new byte[ChunkTree.CHUNK_BYTES];
  private long chunks;
  private long bytes;

  Fetch(TreeReader tree, BlobSource source, ChunkWriter writer, boolean verified) {
    this.tree = tree;
    this.source = source;
    this.writer = writer;
    this.verified = verified;
  }

  Fetched run() {
    tree.walk(this::visit);
    writer.finish();
    return new Fetched(chunks, bytes);
  }

  private boolean visit(int height, long index, Bytes hash) {
    // A list is read in any case: what is below it is not known otherwise.
    if (!writer.finds(hash, verified || height > 0)) {
      announce(height, index);
      byte[] image = source.chunk(hash).orElseThrow(() -> missing(hash));
      tree.requirePlace(verify(hash, image), height, index);
      writer.write(hash, image);
      chunks++;
      bytes += image.length;
      if (height > 0) {
        writer.flush();
      }
    }
    return true;
  }

  /** Those that follow below the same list; what lies below another is not known yet. */
  private void announce(int height, long index) {
    if (height == tree.height()) {
      return;
    }
    long list = index / ChunkTree.FANOUT;
    long end = Math.min(tree.count(height), (list + 1) * ChunkTree.FANOUT);
    for (long next = index + 1; next < end && next <= index + AHEAD; next++) {
      Bytes hash = tree.hash(height, next);
      if (!tree.exists(hash)) {
        source.soon(hash);
      }
    }
  }

  private ChunkImage.Content verify(Bytes hash, byte[] image) {
    ChunkImage.Content chunk;
    try {
      chunk = ChunkImage.decode(image, image.length, content);
    } catch (MalformedException e) {
      throw damaged(hash, String.valueOf(e.getMessage()), e);
    }
    if (!chunk.hash().equals(hash)) {
      throw damaged(hash, ChunkFiles.hex(chunk.hash()), null);
    }
    return chunk;
  }

  private static MissingDataException missing(Bytes hash) {
    return new MissingDataException(
        Problem.of("chunk of a large value is missing at its source too")
            .with("chunk", ChunkFiles.hex(hash))
            .advise("fetch it from another store"));
  }

  private static DamagedException damaged(
      Bytes hash, String actual, @Nullable MalformedException cause) {
    return new DamagedException(
        Problem.of("source has sent another chunk than was asked for")
            .with("expected", ChunkFiles.hex(hash))
            .with("actual", actual)
            .advise("verify the store it comes from"),
        cause);
  }
}
