package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import java.util.List;

/**
 * What a search for damaged keys found and did. All of it should be zero.
 *
 * @param differences keys that meant something else than at the peer, or were not what their own
 *     digests said
 * @param fromLog of them, those that were made again of this store's own snapshot and log
 * @param fromPeer those that were taken from the peer, since the own log did not reach back
 * @param theirs those that are damaged at the peer, for it to put right
 * @param quarantined how many were left as they are
 * @param left the first {@value #MOST_LEFT} of these
 */
public record RepairReport(
    long differences,
    long fromLog,
    long fromPeer,
    long theirs,
    long quarantined,
    List<Quarantined> left) {
  /** How many keys are named at most. */
  public static final int MOST_LEFT = 100;

  /** Nothing is wrong. */
  public static final RepairReport CLEAN = new RepairReport(0, 0, 0, 0, 0, List.of());

  /** A key that was left as it is, since nothing tells which copy is right. */
  public record Quarantined(Bytes key, String reason) {}

  /** Whether nothing was found. */
  public boolean isClean() {
    return differences == 0;
  }
}
