package dev.tidemark.replication.transport;

import dev.tidemark.replication.wire.Bounds;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;

/** What connections may take. */
final class Transport {
  /** Frames up to here reach the session, which names what is too large; larger ones do not. */
  static final int MESSAGE_BYTES = Bounds.FRAME_BYTES + (1 << 20);

  /** What of a frame may be under way. */
  static final int WINDOW_BYTES = 1 << 20;

  /**
   * Frames are compressed within: what gRPC unpacks of a few bytes is known only when it is there.
   */
  static final DecompressorRegistry UNCOMPRESSED =
      DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);

  static final int METADATA_BYTES = 8 << 10;
  static final int CALLS_PER_CONNECTION = 2;

  /** Without an answer for so long, a connection is lost. */
  static final int KEEP_ALIVE_SECONDS = 10;

  static final int KEEP_ALIVE_TIMEOUT_SECONDS = 5;

  /** How long a close waits for the other end. */
  static final int LEAVING_SECONDS = 1;

  static final int RESETS = 20;
  static final int RESETS_SECONDS = 10;

  private Transport() {}
}
