package dev.tidemark.replication.wire;

import dev.tidemark.engine.blob.ChunkTree;
import dev.tidemark.engine.codec.Limits;

/**
 * What one frame may take, and with it a session, {@link #SESSION_BYTES}. What sessions leave when
 * they are cut off is kept for a minute, of 4 peers at most in each direction: a run below 1 MiB of
 * heap and what came of it on the disk, a state below 3 MiB and, on the disk, its moment.
 */
public final class Bounds {
  /** The plain bytes of a payload: the largest commit or batch, and its frame. */
  public static final int PLAIN_BYTES = Limits.MAX_COMMIT_BYTES + (64 << 10);

  /** A frame. */
  public static final int FRAME_BYTES = PLAIN_BYTES + (64 << 10);

  /** The first frame, from somebody unknown. */
  public static final int HELLO_BYTES = 1 << 20;

  /**
   * What a session takes at most, on and off the heap, whatever the peer does. It takes: {@link
   * #FRAMES_IN_FLIGHT} frames, the payload of the one that is used, its plain bytes, and a commit
   * of them. It makes: a batch, its payload, the frame of it, and what gRPC has of the one before,
   * or 8 MiB while large values come. With what is in windows and not whole that is ten frames.
   * About 2 MiB if commits are small.
   */
  public static final int SESSION_BYTES = 10 * FRAME_BYTES;

  /** Small commits are gathered until they have so many bytes. */
  public static final int BATCH_BYTES = 256 << 10;

  /** Frames that are received and not yet used. */
  public static final int FRAMES_IN_FLIGHT = 2;

  /** Chunks of large values that one end has asked the other for, each of at most 1 MiB. */
  public static final int CHUNKS_IN_FLIGHT = 8;

  /** The file of a chunk: what it holds at most, and its header. */
  public static final int CHUNK_BYTES = ChunkTree.CHUNK_BYTES + 64;

  /** Replicas in a vector: those of others that a store takes, and those that it was itself. */
  public static final int REPLICAS = 2 * Limits.MAX_REPLICAS;

  /** What a run has to bring on average, once it has had the time of one part. */
  public static final int RUN_BYTES_PER_SECOND = 16 << 10;

  /** A text of the peer: cluster, name, reason, detail. */
  public static final int TEXT_CHARS = 1000;

  private Bounds() {}
}
